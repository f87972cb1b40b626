package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestWhatIsLoggedAfterTheEndEndsNothing(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, time.Second)
	p.Log(time.Now(), "in time")
	p.Close()
	p.Log(time.Now(), "too late") // the guard of a watchdog may outlive the run
	if !strings.Contains(out.String(), "in time") {
		t.Errorf("wrote %q", out.String())
	}
}
