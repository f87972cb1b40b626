package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// JUnit writes the XML that CI systems read: the experiment is a test suite, and a test case each is every probe,
// every step's return, the recovery, and the verdict, so that a run that did not pass is never all green. What failed
// is a failure; what could not be told is an error and never skipped, because CI takes skipped for good; skipped is
// what the run did not come to.
func JUnit(w io.Writer, r *Result) error {
	suite := junitSuite{
		Name: r.Experiment, Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"), Time: junitTime(r.Ended.Sub(r.Started)),
		Properties: []junitProperty{
			{"run", r.Run}, {"verdict", string(r.Verdict)}, {"sentence", r.Sentence}, {"file", r.File.Name}, {"file.sha256", r.File.SHA256},
			{"seed", fmt.Sprint(r.Seed)}, {"where", r.Environment.Place()}, {"gameday", r.Environment.Version},
		},
	}
	for _, p := range r.Probes {
		suite.add(probeCase(p))
	}
	for _, s := range r.Steps {
		suite.add(stepCase(s))
	}
	if r.Recovery != nil {
		suite.add(recoveryCase(r))
	}
	suite.add(verdictCase(r))
	for i := range suite.Cases {
		suite.Cases[i].Class = "gameday." + r.Experiment + "." + suite.Cases[i].Class
	}

	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{Name: "gameday", junitCounts: suite.junitCounts, Time: suite.Time, Suites: []junitSuite{suite}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func probeCase(p Probe) junitCase {
	c := junitCase{Class: "probes", Name: p.ID() + ": " + p.Rules()}
	switch p.State {
	case "passed":
	case "failed":
		lines := []string{p.Reason}
		for _, v := range p.Violations {
			lines = append(lines, fmt.Sprintf("%s to %s UTC, %s: %s", clock(v.From), clock(v.To), v.Phase, v.Text))
		}
		c.fail(p.Reason, lines...)
	case "not judged":
		c.Skipped = &junitSkipped{"not judged"}
	default:
		c.err(p.Reason, p.Reason)
	}
	return c
}

func stepCase(s Step) junitCase {
	c := junitCase{Class: "rollback", Name: fmt.Sprintf("step %d: %s", s.N, s.Text)}
	if s.Done != nil && s.Undone != nil {
		c.Time = junitTime(s.Undone.Sub(*s.Done))
	}
	switch s.State {
	case StepUndone, StepHealed:
	case StepDone:
		if s.Irreversible == "" {
			c.fail("still in effect", s.Undo)
		}
	case StepPlanned:
		c.Skipped = &junitSkipped{"never done"}
	case StepFailed:
		c.err("could not be done: "+s.Error, s.Error)
	case StepNotUndone:
		c.fail("not undone: "+s.Error, append([]string{s.Error, "to finish by hand:", "# " + s.Undo}, s.Manual...)...)
	case StepNotHealed:
		c.fail("not healed: "+s.Error, s.Undo, s.Irreversible)
	default:
		c.err("ended in a state that this version does not know: "+s.State, s.Error)
	}
	return c
}

func recoveryCase(r *Result) junitCase {
	c := junitCase{Class: "recovery", Name: "steady again within " + seconds(r.Recovery.Deadline)}
	switch {
	case r.Recovery.Unknown != "":
		c.err(r.Recovered())
	case r.Recovery.SteadyAt == nil:
		c.fail(r.Recovered())
	case r.notUndone() > 0:
		c.err(r.Recovered())
	default:
		c.Time = junitTime(time.Duration(r.Recovery.SinceFault * float64(time.Second)))
	}
	return c
}

func verdictCase(r *Result) junitCase {
	c := junitCase{Class: "verdict", Name: "passed"}
	switch r.Verdict {
	case Passed:
	case Failed, NotRolledBack:
		c.fail(r.Sentence, r.Reasons...)
	default:
		c.err(r.Sentence, r.Reasons...)
	}
	return c
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Time   string       `xml:"time,attr"`
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string `xml:"name,attr"`
	Timestamp string `xml:"timestamp,attr"`
	Time      string `xml:"time,attr"`
	junitCounts
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr,omitempty"` // seconds
	Failure *junitTrouble `xml:"failure"`
	Error   *junitTrouble `xml:"error"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

func (c *junitCase) fail(message string, lines ...string) {
	c.Failure = &junitTrouble{message, strings.Join(lines, "\n")}
}

func (c *junitCase) err(message string, lines ...string) {
	c.Error = &junitTrouble{message, strings.Join(lines, "\n")}
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func junitTime(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
