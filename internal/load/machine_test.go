package load

import (
	"net/http"
	"runtime"
	"testing"
	"time"
)

func TestWhoseFaultABacklogIs(t *testing.T) {
	const moment = 250 * time.Millisecond
	for name, c := range map[string]struct {
		view     view
		strained bool
	}{
		"nothing is late":             {view{took: moment, waiting: 0.1, backlog: -time.Second, before: -time.Second}, false},
		"busy, but in time":           {view{took: moment, waiting: 50, backlog: 20 * time.Millisecond}, false},
		"target stalls":               {view{took: moment, waiting: 0.1, backlog: 2 * time.Second, before: time.Second}, false},
		"making up for a stall":       {view{took: moment, waiting: 50, backlog: time.Second, before: 3 * time.Second}, false},
		"no processor, falling back":  {view{took: moment, waiting: 50, backlog: time.Second, before: 800 * time.Millisecond}, true},
		"no processor, giving up all": {view{took: moment, waiting: 50, backlog: 10 * time.Second, before: 10 * time.Second}, true},
	} {
		if got := c.view.strained(); got != c.strained {
			t.Errorf("%s: strained is %v", name, got)
		}
	}
}

func TestRateBeyondThisMachineIsNotHeldAgainstTheTarget(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, Spec{URL: server.URL, Rate: 200e3})
	until(t, "the machine to be blamed", func() bool {
		behind, _ := r.Recording().Behind()
		return behind > 1000 // more than its workers can have overslept
	})
	total := stop(t, r)
	balance(t, total)
	if total.Behind == 0 {
		t.Error("no second knows about it")
	}
}
