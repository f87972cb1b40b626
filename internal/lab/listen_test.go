package lab_test

import (
	"strings"
	"testing"

	"gameday/internal/lab"
)

func TestALabThatListensEverywhereIsReachedHere(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Listen: "0.0.0.0:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !strings.HasPrefix(l.Endpoint(), "http://127.0.0.1:") || !l.Exposed() {
		t.Errorf("endpoint %s, exposed: %v", l.Endpoint(), l.Exposed())
	}
}
