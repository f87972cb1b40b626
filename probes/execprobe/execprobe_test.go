package execprobe_test

import (
	"strings"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/probes"
	"gameday/probes/execprobe"
)

func shell(script string) *execprobe.Probe {
	p := execprobe.Kind().New().(*execprobe.Probe)
	p.Command = []string{"sh", "-c", script}
	p.Timeout = "60s"
	return p
}

func measure(t *testing.T, p *execprobe.Probe) ([]probes.Reading, error) {
	t.Helper()
	return p.Measure(t.Context(), &cloud.Env{RunID: "run-1"}, time.Time{}, time.Time{})
}

func TestMeasure(t *testing.T) {
	p := shell(`echo "{\"value\": $SHARE, \"of\": 150, \"note\": \"$GAMEDAY_RUN_ID\"}"`)
	p.Env, p.Unit, p.Events = map[string]string{"SHARE": "0.02"}, "%", true
	before := time.Now()
	got, err := measure(t, p)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if r := got[0]; r.Value != 0.02 || r.Of != 150 || r.Note != "run-1" || r.At.Before(before) || r.At.After(time.Now()) {
		t.Errorf("got %+v", r)
	}
}

func TestNullIsNoReading(t *testing.T) {
	if got, err := measure(t, shell("echo null")); len(got) != 0 || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFailuresAreErrorsAndNeverReadings(t *testing.T) {
	ratio, events := shell("echo 45"), shell("echo 0.5")
	ratio.Unit = "%"
	events.Unit, events.Events = "%", true
	for want, p := range map[string]*execprobe.Probe{
		"exit status 3: no such queue": shell("echo 42; echo no such queue >&2; exit 3"),
		"neither a number nor JSON":    shell("echo lots"),
		"values go from 0 to 1":        ratio,
		"must say of how many":         events,
	} {
		if got, err := measure(t, p); err == nil || !strings.Contains(err.Error(), want) || len(got) != 0 {
			t.Errorf("got %+v, %v, want an error that says %q", got, err, want)
		}
	}
}

func TestValidate(t *testing.T) {
	wrong := &execprobe.Probe{Unit: "ms", Events: true, Timeout: "0s"}
	var guilty []string
	for _, p := range wrong.Validate() {
		guilty = append(guilty, p.Attr)
	}
	if got := strings.Join(guilty, " "); got != "command unit events timeout" {
		t.Errorf("got %s", got)
	}
	if got := shell("echo 1").Validate(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTheLabelIsTheCommandUnlessThereIsOne(t *testing.T) {
	p := shell("echo 1")
	if got := p.Scale().Label; got != "sh -c echo 1" {
		t.Errorf("got %q", got)
	}
	p.Label = "queue length"
	if got := p.Scale().Label; got != "queue length" {
		t.Errorf("got %q", got)
	}
}
