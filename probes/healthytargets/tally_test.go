package healthytargets

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

func TestTally(t *testing.T) {
	const (
		healthy  = types.TargetHealthStateEnumHealthy
		sick     = types.TargetHealthStateEnumUnhealthy
		initial  = types.TargetHealthStateEnumInitial
		draining = types.TargetHealthStateEnumDraining
		unused   = types.TargetHealthStateEnumUnused
	)
	for _, c := range []struct {
		name    string
		states  []types.TargetHealthStateEnum
		healthy int
		share   float64
		note    string
	}{
		{"all well", []types.TargetHealthStateEnum{healthy, healthy}, 2, 1, "2 of 2 healthy"},
		{"one sick", []types.TargetHealthStateEnum{healthy, sick}, 1, 0.5, "1 of 2 healthy, web/i-1:80 unhealthy (why)"},
		{"one not checked yet", []types.TargetHealthStateEnum{healthy, initial}, 1, 0.5, "1 of 2 healthy, web/i-1:80 initial (why)"},
		{"one on a dead instance", []types.TargetHealthStateEnum{healthy, unused}, 1, 0.5, "1 of 2 healthy, web/i-1:80 unused (why)"},
		{"one leaving on purpose", []types.TargetHealthStateEnum{healthy, draining}, 1, 1, "1 of 2 healthy, web/i-1:80 draining (why)"},
		{"the last one leaving", []types.TargetHealthStateEnum{draining}, 0, 0, "0 of 1 healthy, web/i-0:80 draining (why)"},
		{"none", nil, 0, 0, "no targets are registered"},
	} {
		var got tally
		for i, state := range c.states {
			target := &types.TargetDescription{Id: aws.String([]string{"i-0", "i-1"}[i]), Port: aws.Int32(80)}
			health := &types.TargetHealth{State: state}
			if state != healthy {
				health.Reason = "why"
			}
			got.add("web", target, health)
		}
		if got.healthy != c.healthy || got.share() != c.share || got.note() != c.note {
			t.Errorf("%s: got %d, %v, %q, want %d, %v, %q", c.name, got.healthy, got.share(), got.note(), c.healthy, c.share, c.note)
		}
	}
}

func TestValidateSaysEverythingAtOnce(t *testing.T) {
	if got := (&Probe{As: "percent"}).Validate(); len(got) != 2 {
		t.Errorf("got %+v, want two problems", got)
	}
	if got := (&Probe{TargetGroup: "conversations", As: asShare}).Validate(); len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
}
