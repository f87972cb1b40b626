package reports

// Verdict is how a run ended.
type Verdict string

// The verdicts, as users meet them.
const (
	Passed        Verdict = "passed"
	Failed        Verdict = "failed"
	Invalid       Verdict = "invalid"
	Inconclusive  Verdict = "inconclusive"
	Aborted       Verdict = "aborted"
	NotRolledBack Verdict = "not rolled back"
)

// urgency lists the verdicts from the most urgent to the least: with several experiments the first one wins.
var urgency = []Verdict{NotRolledBack, Failed, Aborted, Inconclusive, Invalid, Passed}

// ExitCode is what the process exits with.
func (v Verdict) ExitCode() int {
	switch v {
	case Passed:
		return 0
	case Failed:
		return 1
	case Invalid:
		return 2
	case Inconclusive:
		return 3
	case Aborted:
		return 4
	case NotRolledBack:
		return 5
	}
	panic("reports: unknown verdict " + string(v))
}

// MostUrgent returns the verdict that speaks for all of them, Passed where there are none.
func MostUrgent(verdicts []Verdict) Verdict {
	for _, urgent := range urgency {
		for _, v := range verdicts {
			if v == urgent {
				return urgent
			}
		}
	}
	return Passed
}
