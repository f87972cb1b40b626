package wire

import (
	"net/http"
	"sync/atomic"

	"gameday/internal/lab/wire/protocol"
)

// Fate is what becomes of a call:
//
//	client ─► Intercept ─┬─► carried out ─► Then ─┬─► answered    Pass
//	                     │                        └─► silence     LostAfter, HungAfter
//	                     ├─► silence                              LostBefore, HungBefore
//	                     └─► an error                             Refuse
//
// The zero Fate is Pass. A fate has no state, so that one may serve any number of calls.
type Fate struct {
	name    string
	refusal error      // the answer, in place of what the service would do
	skipped bool       // it is not carried out
	silence silence    // how the client gets no answer
	then    func(Call) // called between carrying out and answering
}

// silence is how an answer fails to arrive.
type silence int

const (
	spoken silence = iota
	lost           // the connection closes at once
	hung           // the connection stays open until the client gives up or the account ends
)

// The fates. Before and After are as seen from the account: a client cannot tell them apart.
var (
	Pass       = Fate{}                                                  // carried out and answered
	LostBefore = Fate{name: "lost before", skipped: true, silence: lost} // not carried out; the connection closes without an answer
	LostAfter  = Fate{name: "lost after", silence: lost}                 // carried out; the connection closes without an answer
	HungBefore = Fate{name: "hung before", skipped: true, silence: hung} // not carried out; no answer ever, on an open connection
	HungAfter  = Fate{name: "hung after", silence: hung}                 // carried out; no answer ever, on an open connection
)

// Refuse answers with err instead of carrying the call out: a protocol.Refusal (Throttled, Unavailable, Denied, Expired),
// which each service puts in its own words, a *protocol.Fault or a *world.Error.
func Refuse(err error) Fate { return Fate{name: err.Error(), refusal: err, skipped: true} }

// Then is f with after called once the call has been carried out, whatever came of it (see Call.Code), and before its answer
// goes out. A call that is not carried out never gets there.
func (f Fate) Then(after func(Call)) Fate {
	f.then = after
	return f
}

// String names the fate in a test's own words: "lost after", "throttled", "pass".
func (f Fate) String() string {
	if f.name == "" {
		return "pass"
	}
	return f.name
}

// Failures are the ways in which any call of any program may fail, each of them once: throttled, failed by the service, out of time
// before and after it was carried out, denied, with expired credentials.
func Failures() []Fate {
	return []Fate{
		Refuse(protocol.Throttled), Refuse(protocol.Unavailable), LostBefore, LostAfter, Refuse(protocol.Denied), Refuse(protocol.Expired),
	}
}

// Interceptor decides what becomes of a call. It is called from many goroutines at once, may take its time, and may itself
// make calls with OtherKey, which nobody intercepts: that is how a test has somebody else meddle at a precise moment.
type Interceptor func(Call) Fate

// Nth gives the nth call that matches (counting from 1) its fate, and lets all others pass.
func Nth(n int, matches func(Call) bool, f Fate) Interceptor {
	return counted(matches, func(at int) bool { return at == n }, f)
}

// From gives the nth call that matches (counting from 1) and all later ones that match their fate.
func From(n int, matches func(Call) bool, f Fate) Interceptor {
	return counted(matches, func(at int) bool { return at >= n }, f)
}

func counted(matches func(Call) bool, struck func(at int) bool, f Fate) Interceptor {
	var count atomic.Int64
	return func(c Call) Fate {
		if matches(c) && struck(int(count.Add(1))) {
			return f
		}
		return Pass
	}
}

// Writes matches calls that change the account, rehearsals left out.
func Writes(c Call) bool { return c.Write && !c.DryRun }

// Every matches all calls.
func Every(Call) bool { return true }

// leave ends a request without an answer.
func (s silence) leave(r *http.Request) {
	if s == hung {
		<-r.Context().Done()
	}
	panic(http.ErrAbortHandler) // net/http's way to close a connection
}
