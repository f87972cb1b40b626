package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// suites is JUnit's XML as a CI system reads it.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnitCountsWhatIsInIt(t *testing.T) {
	type counts struct{ Tests, Failures, Errors, Skipped int }
	want := map[string]counts{
		"passed":          {Tests: 6},
		"failed":          {Tests: 6, Failures: 4},            // two probes, the recovery, the verdict
		"not_rolled_back": {Tests: 5, Failures: 2, Errors: 2}, // a step and the verdict; a probe without data, and a recovery in which a change was still in effect
		"unsteady":        {Tests: 3, Errors: 1, Skipped: 2},  // the verdict; neither probe nor step had its turn
		"hostile":         {Tests: 3, Failures: 2},
	}
	for _, name := range fixtures {
		var s suites
		if err := xml.Unmarshal(render(t, "junit", fixture(t, name)), &s); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(s.Suites) != 1 {
			t.Fatalf("%s has %d suites", name, len(s.Suites))
		}
		suite := s.Suites[0]
		var found counts
		for _, c := range suite.Cases {
			found.Tests++
			switch {
			case c.Failure != nil:
				found.Failures++
			case c.Error != nil:
				found.Errors++
			case c.Skipped != nil:
				found.Skipped++
			}
		}
		for what, got := range map[string]counts{
			"cases":                  found,
			"attributes of suite":    {suite.Tests, suite.Failures, suite.Errors, suite.Skipped},
			"attributes of the file": {s.Tests, s.Failures, s.Errors, suite.Skipped},
		} {
			if diff := cmp.Diff(want[name], got); diff != "" {
				t.Errorf("%s, %s: -want +got:\n%s", name, what, diff)
			}
		}
	}
}

// TestJUnitIsNeverAllGreenUnlessPassed whatever the probes and steps of a run look like.
func TestJUnitIsNeverAllGreenUnlessPassed(t *testing.T) {
	for _, v := range urgency {
		r := fixture(t, "passed")
		r.Verdict = v
		var s suites
		if err := xml.Unmarshal(render(t, "junit", r), &s); err != nil {
			t.Fatal(err)
		}
		if green := s.Failures+s.Errors == 0; green != (v == Passed) {
			t.Errorf("%s: %d failures, %d errors", v, s.Failures, s.Errors)
		}
	}
}

func TestJUnitSaysHowEveryStepEnded(t *testing.T) {
	want := map[string]string{
		StepUndone: "", StepHealed: "", StepPlanned: "skipped", StepFailed: "error",
		StepDone: "failure", StepNotUndone: "failure", StepNotHealed: "failure",
		"from a later version": "error",
	}
	for state, outcome := range want {
		c := stepCase(Step{N: 1, Text: "t", State: state, Error: "e"}, "f.hcl")
		got := map[bool]string{c.Failure != nil: "failure", c.Error != nil: "error", c.Skipped != nil: "skipped"}[true]
		if got != outcome {
			t.Errorf("%s is %q, want %q", state, got, outcome)
		}
	}
}

// TestJUnitHasNothingThatJenkinsRefuses holds the files to junit-10.xsd of Jenkins' xUnit plugin, which is the
// strictest of those who read them: which attributes and which elements each element may have.
func TestJUnitHasNothingThatJenkinsRefuses(t *testing.T) {
	may := map[string]struct{ attributes, elements string }{
		"testsuites": {"name time tests failures errors", "testsuite"},
		"testsuite":  {"name tests failures errors group time skipped timestamp hostname id package file log url", "testsuite properties testcase system-out system-err"},
		"properties": {"", "property"},
		"property":   {"name value", ""},
		"testcase":   {"name time classname group", "skipped error failure system-out system-err"},
		"failure":    {"type message", ""},
		"error":      {"type message", ""},
		"skipped":    {"type message", ""},
		"system-out": {"", ""},
	}
	for _, name := range fixtures {
		d := xml.NewDecoder(bytes.NewReader(render(t, "junit", fixture(t, name))))
		var within []string
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				rule, known := may[e.Name.Local]
				if n := len(within); !known || n > 0 && !slices.Contains(strings.Fields(may[within[n-1]].elements), e.Name.Local) {
					t.Errorf("%s: <%s> in %q", name, e.Name.Local, within)
				}
				for _, a := range e.Attr {
					if !slices.Contains(strings.Fields(rule.attributes), a.Name.Local) {
						t.Errorf("%s: <%s %s>", name, e.Name.Local, a.Name.Local)
					}
				}
				within = append(within, e.Name.Local)
			case xml.EndElement:
				within = within[:len(within)-1]
			}
		}
	}
}

// TestJUnitSaysWhyInTheTextOfAnElement because GitLab shows no attribute.
func TestJUnitSaysWhyInTheTextOfAnElement(t *testing.T) {
	for _, name := range fixtures {
		var s struct {
			Why []string `xml:"testsuite>testcase>failure"`
			Err []string `xml:"testsuite>testcase>error"`
			Not []string `xml:"testsuite>testcase>skipped"`
		}
		if err := xml.Unmarshal(render(t, "junit", fixture(t, name)), &s); err != nil {
			t.Fatal(err)
		}
		if all := slices.Concat(s.Why, s.Err, s.Not); slices.Contains(all, "") {
			t.Errorf("%s: %q", name, all)
		}
	}
}
