package instancekill

import (
	"slices"
	"testing"

	"gameday/internal/attr"
)

func TestAttributesThatContradictEachOther(t *testing.T) {
	one, none := 1, 0
	tests := []struct {
		name string
		kill InstanceKill
		want []string // the guilty attributes
	}{
		{"a cluster will do", InstanceKill{Mode: Terminate, Cluster: "web"}, nil},
		{"so will tags", InstanceKill{Mode: ForceStop, Tags: map[string]string{"a": "b"}, Percent: "10%"}, nil},
		{"a zone alone is too much", InstanceKill{Mode: Terminate, Zone: "eu-west-1a"}, []string{""}},
		{"a service needs its cluster", InstanceKill{Mode: Stop, AutoScalingGroup: "web", Service: "search"}, []string{"service"}},
		{"count or percent", InstanceKill{Mode: Stop, Cluster: "web", Count: &one, Percent: "10%"}, []string{"percent"}},
		{"at least one", InstanceKill{Mode: Stop, Cluster: "web", Count: &none}, []string{"count"}},
		{"more than no percent", InstanceKill{Mode: Stop, Cluster: "web", Percent: "0%"}, []string{"percent"}},
		{"all mistakes at once", InstanceKill{Mode: "explode", IDs: []string{"web-1"}}, []string{"mode", "ids"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range test.kill.Validate() {
				got = append(got, p.Attr)
				if p.Detail == "" {
					t.Errorf("%s: does not say what to do", p.Summary)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("guilty: %q, want %q", got, test.want)
			}
		})
	}
}

var _ attr.Validator = (*InstanceKill)(nil)
