package journal

import (
	"encoding/json"
	"slices"
	"time"
)

// Type says what a record reports.
type Type string

// The types of records, in the order in which they come.
const (
	TypeBegin      Type = "begin"       // the run, the first record of every journal
	TypeWill       Type = "will"        // step N is about to be done; whether it was is open from here on
	TypeDid        Type = "did"         // step N is in effect
	TypeUndone     Type = "undone"      // what step N changed is as it was
	TypeUndoFailed Type = "undo_failed" // an attempt to undo step N failed; it stays pending
	TypeLost       Type = "lost"        // step N cannot be taken back and did not heal in time; nothing is left to be done
	TypeRollback   Type = "rollback"    // a process other than the run's begins to undo what is pending
	TypeEnd        Type = "end"         // the run is over
)

// Record is one line of the journal. Which fields are set depends on Type.
type Record struct {
	Seq          int             `json:"seq"` // counts the records, from 1
	Time         time.Time       `json:"time"`
	Type         Type            `json:"type"`
	Begin        *Begin          `json:"begin,omitempty"`        // with begin
	PID          int             `json:"pid,omitempty"`          // with rollback: of the process
	N            int             `json:"n,omitempty"`            // the step's number, from 1: all but begin, rollback and end
	Kind         string          `json:"kind,omitempty"`         // with will: whose step it is
	Step         json.RawMessage `json:"step,omitempty"`         // with will: all that it takes to undo it
	Irreversible bool            `json:"irreversible,omitempty"` // with will: undoing only waits for the system to heal
	Error        string          `json:"error,omitempty"`        // with undo_failed and lost
	Verdict      string          `json:"verdict,omitempty"`      // with end
}

// Begin is what a later process must know of a run to finish it.
type Begin struct {
	Run        string `json:"run"`
	Experiment string `json:"experiment"`
	Account    string `json:"account,omitempty"`
	Region     string `json:"region,omitempty"`
	DeadMan    string `json:"dead_man,omitempty"` // ARN of the role of its dead man's switch, if it has one
	Lab        bool   `json:"lab,omitempty"`      // against a lab inside the run's own process, which is gone when the process is
	Version    string `json:"version"`            // of gameday
	PID        int    `json:"pid"`                // of the run's process; it means nothing unless Locked
}

// Pending returns the will records of all steps that may still be in effect, the latest first: the order in which
// to undo them. A step is pending from the moment that it is announced, done or not.
func Pending(records []Record) []Record {
	settled := map[int]bool{}
	for _, r := range records {
		if r.Type == TypeUndone || r.Type == TypeLost {
			settled[r.N] = true
		}
	}
	var pending []Record
	for _, r := range slices.Backward(records) {
		if r.Type == TypeWill && !settled[r.N] {
			pending = append(pending, r)
		}
	}
	return pending
}
