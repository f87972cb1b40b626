package experiments

import (
	"strings"
	"testing"

	"gameday/reports"
)

func TestWhoWasHeldUpSawNothing(t *testing.T) {
	x := &execution{plan: &Plan{Experiment: &Experiment{Injects: []Inject{{}}}}, slept: []window{{at(10), at(20)}}}
	x.take(finding{verdict: reports.Failed, text: "http.cart was 100%"})
	x.doubt()
	verdict, sentence, _ := conclude(x.findings, "")
	if verdict != reports.Inconclusive || !strings.Contains(sentence, "this process was held up from ") {
		t.Errorf("%s: %s", verdict, sentence)
	}
}
