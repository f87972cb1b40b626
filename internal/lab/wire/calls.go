package wire

import (
	"sync"
	"time"
)

// Call is one request that reached the account, and how it ended.
type Call struct {
	N       int // its number among all calls, from 1, in the order in which they came; of no use for those that could not be read
	At      time.Time
	Took    time.Duration
	ID      string // the request id
	By      string // ARN of who made it: the account's user, somebody else, or a role that the account's own scheduler assumed
	Key     string // the access key id that it is signed with; empty for the scheduler's
	Service string // as IAM has it: "elasticloadbalancing"
	Action  string // "TerminateInstances"
	Region  string // that the request was signed for
	Write   bool   // the action changes the account
	DryRun  bool   // but was only rehearsed
	Input   any    // a pointer to the SDK's input, not to be changed; nil where it could not be read
	Applied bool   // it was carried out, with whatever Code
	Code    string // of the error, "" where it went well
	Lost    bool   // the client got no answer
}

// keptCalls bounds what a lab that is left running remembers: hours of an experiment's polling.
const keptCalls = 100_000

// ledger remembers calls in the order in which they ended.
type ledger struct {
	mu    sync.Mutex
	calls []Call
}

func (l *ledger) add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) == keptCalls {
		l.calls = append([]Call(nil), l.calls[keptCalls/2:]...)
	}
	l.calls = append(l.calls, c)
}

func (l *ledger) all() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Call(nil), l.calls...)
}
