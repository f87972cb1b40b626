package loadspike

import (
	"strings"
	"testing"

	"gameday/internal/attr"
)

func TestASpikeInWords(t *testing.T) {
	for want, spike := range map[string]LoadSpike{
		"from 100/s to 400/s over 10m, stay there for 5m, back over 1m: 189000 requests more":                           {Growth: "300%", Ramp: "10m", Hold: "5m", Cool: "1m"},
		"from 100/s to 400/s over 10m, stay there until it is undone: 300/s more, after 90000 requests more on the way": {To: "24000/min", Ramp: "10m"},
		"from 100/s to 200/s at once, stay there for 1m: 6000 requests more":                                            {Growth: "100%", Shape: step, Hold: "1m"},
		"from 100/s to 200/s at once, stay there until it is undone: 100/s more":                                        {Growth: "100%", Shape: step},
		"from 100/s to 200/s exponentially over 1m40s, stay there for 1s: 4527 requests more":                           {Growth: "100%", Ramp: "100s", Hold: "1s", Shape: exponential},
		"from 100/s to 150/s over 10s, to 300/s at once, stay there for 10s, back over 10s: 3250 requests more":         {Stages: []Stage{{Growth: "50%", Over: "10s"}, {Growth: "200%", Hold: "10s"}, {Growth: "0%", Over: "10s"}}},
	} {
		shape, err := spike.shape(100)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		s := &Step{Load: "readers", Rate: 100, Shape: shape}
		if got := strings.TrimPrefix(s.String(), `grow load "readers" `); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestALoadOnlyGrows(t *testing.T) {
	for to, says := range map[string]string{"99/s": "only adds requests", "6000/min": "sends 100/s already"} {
		spike := LoadSpike{To: attr.Rate(to), Ramp: "1m"}
		if _, err := spike.shape(100); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("to %s: %v, want %q", to, err, says)
		}
	}
}

func TestRatesAreWrittenAsPeopleDo(t *testing.T) {
	for want, rate := range map[string]float64{"50/s": 50, "100000/min": 100000.0 / 60, "0.3333/s": 1.0 / 3 * 1.00001, "20/min": 1.0 / 3} {
		if got := written(rate); got != want {
			t.Errorf("%v is written %s, want %s", rate, got, want)
		}
	}
}
