package httpprobe_test

import (
	"strings"
	"testing"
	"time"

	"gameday/internal/lab"
	"gameday/internal/labtest"
	"gameday/probes/httpprobe"
)

func TestALoadBalancerIsAskedByName(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	p := httpprobe.Kind().New().(*httpprobe.Probe)
	p.LoadBalancer, p.Path, p.Timeout = "web", "/conversations", "30s"
	got, err := p.Measure(t.Context(), env, time.Time{}, time.Time{})
	if err != nil || len(got) != 1 || got[0].Value != 0 || got[0].Note != "" {
		t.Errorf("got %+v, %v", got, err)
	}
	p.Path = "/nothing-here"
	got, err = p.Measure(t.Context(), env, time.Time{}, time.Time{})
	if err != nil || len(got) != 1 || got[0].Value != 1 || !strings.HasPrefix(got[0].Note, "status 4") && !strings.HasPrefix(got[0].Note, "status 5") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestALoadBalancerThatIsMissingLeavesNothingToMeasure(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	p := httpprobe.Kind().New().(*httpprobe.Probe)
	p.LoadBalancer = "wbe"
	if got, err := p.Measure(t.Context(), env, time.Time{}, time.Time{}); err == nil || !strings.Contains(err.Error(), `"wbe"`) {
		t.Errorf("got %+v, %v", got, err)
	}
}
