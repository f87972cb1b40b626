package reports

import (
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// suites is JUnit's XML as a CI system reads it.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
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
			"attributes of the file": {s.Tests, s.Failures, s.Errors, s.Skipped},
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
		c := stepCase(Step{N: 1, Text: "t", State: state, Error: "e"})
		got := map[bool]string{c.Failure != nil: "failure", c.Error != nil: "error", c.Skipped != nil: "skipped"}[true]
		if got != outcome {
			t.Errorf("%s is %q, want %q", state, got, outcome)
		}
	}
}
