package loadspike

import (
	"slices"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/attr"
)

func TestSpikesThatCannotBe(t *testing.T) {
	fine := Stage{Growth: "100%", Over: "1m"}
	for name, c := range map[string]struct {
		spike  LoadSpike
		guilty []string // attributes
	}{
		"a ramp":                        {LoadSpike{Growth: "300%", Ramp: "1h", Shape: linear}, nil},
		"up and down":                   {LoadSpike{To: "400/s", Ramp: "1h", Hold: "10m", Cool: "5m", Shape: exponential}, nil},
		"a step":                        {LoadSpike{Growth: "300%", Hold: "1m", Shape: step}, nil},
		"nowhere to go":                 {LoadSpike{Ramp: "1h", Shape: linear}, []string{""}},
		"two ways to go":                {LoadSpike{Growth: "300%", To: "4/s", Ramp: "1h", Shape: linear}, []string{"to"}},
		"nothing more":                  {LoadSpike{Growth: "0%", Ramp: "1h", Shape: linear}, []string{"growth"}},
		"no time":                       {LoadSpike{Growth: "300%", Shape: linear}, []string{"ramp"}},
		"a step that takes time":        {LoadSpike{Growth: "300%", Ramp: "1h", Shape: step}, []string{"ramp"}},
		"cooling down without an end":   {LoadSpike{Growth: "300%", Ramp: "1h", Cool: "1m", Shape: linear}, []string{"cool"}},
		"a shape of its own":            {LoadSpike{Growth: "300%", Ramp: "1h", Shape: "sine"}, []string{"shape"}},
		"stages":                        {LoadSpike{Shape: linear, Stages: []Stage{fine, {Growth: "300%"}}}, nil},
		"stages beside a peak":          {LoadSpike{Growth: "300%", Shape: linear, Stages: []Stage{fine}}, []string{"growth"}},
		"stages that cannot be ordered": {LoadSpike{Shape: linear, Stages: []Stage{fine, {To: "9/s", Hold: "1m"}}}, []string{"stage"}},
		"stages and back":               {LoadSpike{Shape: linear, Stages: []Stage{{To: "9/s", Over: "1m"}, {Growth: "0%", Over: "1m"}}}, nil},
		"stages in no time":             {LoadSpike{Shape: linear, Stages: []Stage{{Growth: "100%"}, fine}}, []string{"stage"}},
		"stages that go nowhere":        {LoadSpike{Shape: linear, Stages: []Stage{{Growth: "0%", Over: "1m"}}}, []string{"stage"}},
	} {
		var guilty []string
		for _, p := range c.spike.Validate() {
			guilty = append(guilty, p.Attr)
		}
		if !slices.Equal(guilty, c.guilty) {
			t.Errorf("%s: guilty %q, want %q", name, guilty, c.guilty)
		}
	}
}

func TestStagesThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		stage  Stage
		guilty string
	}{
		"no peak":  {Stage{Over: "1m"}, ""},
		"a step":   {Stage{Growth: "10%", Shape: step}, "shape"},
		"two ways": {Stage{Growth: "10%", To: "9/s"}, "to"},
	} {
		if p := c.stage.Validate(); len(p) != 1 || p[0].Attr != c.guilty {
			t.Errorf("%s: %v, want a word on %q", name, p, c.guilty)
		}
	}
}

func TestHowLongASpikeTakes(t *testing.T) {
	const m = time.Minute
	for name, c := range map[string]struct {
		spike      LoadSpike
		rise, rest time.Duration
	}{
		"up":                 {LoadSpike{Growth: "300%", Ramp: "60m"}, 60 * m, 0},
		"up and off":         {LoadSpike{Growth: "300%", Ramp: "60m", Hold: "10m"}, 60 * m, 10 * m},
		"up and down":        {LoadSpike{Growth: "300%", Ramp: "60m", Hold: "10m", Cool: "5m"}, 60 * m, 15 * m},
		"at once":            {LoadSpike{Growth: "300%", Shape: step, Hold: "10m"}, 0, 10 * m},
		"waves":              {LoadSpike{Stages: []Stage{{Growth: "10%", Over: "1m", Hold: "2m"}, {Growth: "30%", Over: "4m", Hold: "8m"}, {Growth: "20%", Over: "16m", Hold: "32m"}}}, 7 * m, 56 * m},
		"waves to stay":      {LoadSpike{Stages: []Stage{{Growth: "30%", Over: "1m"}, {Growth: "20%", Over: "2m"}}}, 3 * m, 0},
		"waves, and calm":    {LoadSpike{Stages: []Stage{{Growth: "30%", Over: "1m"}, {Growth: "0%", Over: "2m"}}}, 1 * m, 2 * m},
		"stages by requests": {LoadSpike{Stages: []Stage{{To: "9/s", Over: "1m"}, {To: "600/min", Over: "2m", Hold: "4m"}}}, 3 * m, 4 * m},
	} {
		if rise, rest := c.spike.Course(); rise != c.rise || rest != c.rest {
			t.Errorf("%s: %s and %s, want %s and %s", name, rise, rest, c.rise, c.rest)
		}
	}
}

var (
	_ injectors.Gradual   = (*LoadSpike)(nil)
	_ injectors.Momentary = (*LoadSpike)(nil)
)

var _ attr.Validator = (*LoadSpike)(nil)
