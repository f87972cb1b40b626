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
// what the run did not come to. What there is to say stands in the text of an element and not in its attributes alone,
// because GitLab shows nothing else, and nothing is written that the schema of Jenkins' xUnit plugin does not have.
// Formats: https://docs.gitlab.com/ci/testing/unit_test_reports and junit-10.xsd of https://github.com/jenkinsci/xunit-plugin
func JUnit(w io.Writer, r *Result) error {
	suite := junitSuite{
		Name: r.Experiment, File: r.File.Name, Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"), Time: junitTime(r.Ended.Sub(r.Started)),
		Properties: []junitProperty{
			{"run", r.Run}, {"verdict", string(r.Verdict)}, {"sentence", r.Sentence}, {"file", r.File.Name}, {"file.sha256", r.File.SHA256},
			{"seed", fmt.Sprint(r.Seed)}, {"where", r.Environment.Place()}, {"gameday", r.Environment.Version},
		},
	}
	for _, p := range r.Probes {
		suite.add(probeCase(p, r.File.Name))
	}
	for _, s := range r.Steps {
		suite.add(stepCase(s, r.File.Name))
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
	all := junitSuites{Name: "gameday", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Time: suite.Time, Suites: []junitSuite{suite}}
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func probeCase(p Probe, file string) junitCase {
	c := junitCase{Class: "probes", Name: p.ID() + ": " + p.Rules(), Out: p.measured(file)}
	if n := len(p.Readings); n > 0 {
		last := p.Readings[n-1]
		c.Time = junitTime(last.At.Sub(p.Readings[0].At) + time.Duration(last.Span*float64(time.Second)))
	}
	switch p.State {
	case "passed":
	case "failed":
		lines := []string{p.Reason}
		for _, v := range p.Told() {
			lines = append(lines, fmt.Sprintf("%s to %s UTC, %s: %s", clock(v.From), clock(v.To), v.Phase, v.Text))
		}
		if n := p.Untold(); n > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", n))
		}
		c.fail(p.Reason, lines...)
	case "not judged":
		c.skip("not judged")
	default:
		c.err(p.Reason, p.Reason)
	}
	return c
}

// measured says in a few lines what a probe saw, and where it is written.
func (p Probe) measured(file string) string {
	lines := []string{
		fmt.Sprintf("%s: %s at baseline, %s at worst in the fault, %s", p.Label, p.baselineText(), p.worstText(), Counted(len(p.Readings), "reading")),
	}
	for _, more := range []string{p.comparison(), p.Trouble(), written(file, p.guiltyLine())} {
		if more != "" {
			lines = append(lines, more)
		}
	}
	return strings.Join(lines, "\n")
}

// written is a place as editors and CI systems link it: "sudden_death.hcl:40". It is empty in the records of older versions.
func written(file string, line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", file, line)
}

func stepCase(s Step, file string) junitCase {
	c := junitCase{Class: "rollback", Name: fmt.Sprintf("step %d: %s", s.N, s.Text), Out: s.told(file)}
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
		c.skip("never done")
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

// told says in a few lines when a step was done and taken back, and where it is written.
func (s Step) told(file string) string {
	lines := []string{fmt.Sprintf("%s: %s, done %s, back %s", s.Inject, s.State, clockOr(s.Done), clockOr(s.Undone)), "undo: " + s.Undo}
	if at := written(file, s.Line); at != "" {
		lines = append(lines, at)
	}
	return strings.Join(lines, "\n")
}

func recoveryCase(r *Result) junitCase {
	c := junitCase{Class: "recovery", Name: "steady again within " + seconds(r.Recovery.Deadline)}
	switch {
	case r.Recovery.Unknown != "":
		c.err(r.Recovered(), r.Recovered())
	case r.Recovery.SteadyAt == nil:
		c.fail(r.Recovered(), r.Recovered())
	case r.notUndone() > 0:
		c.err(r.Recovered(), r.Recovered())
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
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"` // seconds
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	File       string          `xml:"file,attr,omitempty"`
	Timestamp  string          `xml:"timestamp,attr"` // UTC
	Time       string          `xml:"time,attr"`      // seconds
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
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
	Skipped *junitTrouble `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (c *junitCase) fail(message string, lines ...string) {
	c.Failure = &junitTrouble{message, strings.Join(lines, "\n")}
}

func (c *junitCase) err(message string, lines ...string) {
	c.Error = &junitTrouble{message, strings.Join(lines, "\n")}
}

func (c *junitCase) skip(message string) { c.Skipped = &junitTrouble{message, message} }

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
