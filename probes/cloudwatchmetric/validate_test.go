package cloudwatchmetric

import (
	"testing"

	"gameday/probes"
)

func TestStatistics(t *testing.T) {
	for name, fine := range map[string]bool{
		"Sum": true, "Average": true, "Minimum": true, "Maximum": true, "SampleCount": true,
		"p50": true, "p99.9": true, "p0.1": true, "p100": true,
		"": false, "sum": false, "p": false, "p101": false, "99": false, "p99.": false, "p9x": false,
	} {
		if got := len((&Probe{Statistic: name}).Validate()) == 0; got != fine {
			t.Errorf("statistic %q: fine = %v, want %v", name, got, fine)
		}
	}
}

func TestUnitsAreThoseOfBounds(t *testing.T) {
	for name, want := range map[string]probes.Unit{
		"": probes.Number, "Seconds": probes.Seconds, "Milliseconds": probes.Seconds, "Microseconds": probes.Seconds, "Percent": probes.Ratio,
	} {
		if got := (&Probe{Unit: name}).Scale().Unit; got != want {
			t.Errorf("unit %q: got %q, want %q", name, got, want)
		}
	}
	if len((&Probe{Statistic: "Sum", Unit: "percent"}).Validate()) != 1 {
		t.Error(`unit "percent" passed, and is not CloudWatch's word`)
	}
}

func TestATargetGroupNeedsItsLoadBalancer(t *testing.T) {
	if got := (&Probe{Statistic: "Sum", TargetGroup: "conversations"}).Validate(); len(got) != 1 || got[0].Attr != "target_group" {
		t.Errorf("got %+v", got)
	}
}
