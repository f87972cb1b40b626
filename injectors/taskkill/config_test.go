package taskkill

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gameday/internal/attr"
	"gameday/internal/inventory"
)

func TestAttributesThatContradictEachOther(t *testing.T) {
	one, none := 1, 0
	tests := []struct {
		name string
		kill TaskKill
		want []string // the guilty attributes
	}{
		{"a service will do", TaskKill{Cluster: "web", Service: "search"}, nil},
		{"so will ids", TaskKill{Cluster: "web", Tasks: []string{"0123"}}, nil},
		{"a cluster alone is too much", TaskKill{Cluster: "web"}, []string{""}},
		{"count or percent", TaskKill{Cluster: "web", Service: "search", Count: &one, Percent: "10%"}, []string{"percent"}},
		{"at least one", TaskKill{Cluster: "web", Service: "search", Count: &none}, []string{"count"}},
		{"more than no percent", TaskKill{Cluster: "web", Service: "search", Percent: "0%"}, []string{"percent"}},
		{"a short reason", TaskKill{Cluster: "web", Service: "search", Reason: strings.Repeat("ä", 256)}, []string{"reason"}},
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

func TestStepsSurviveTheJournal(t *testing.T) {
	owned := Step{Region: "eu-west-1", Cluster: "web", Task: "arn:aws:ecs:eu-west-1:1:task/web/0123", Zone: "eu-west-1a",
		Service: &inventory.Former{Cluster: "web", Service: "search", Pools: []inventory.Pool{{TargetGroup: "arn:tg", Healthy: 1}}}}
	for _, step := range []Step{owned, {Cluster: "web", Task: "arn:aws:ecs:eu-west-1:1:task/web/0123"}} {
		line, err := json.Marshal(step)
		if err != nil {
			t.Fatal(err)
		}
		back := Kind().Step()
		if err := json.Unmarshal(line, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, &step) {
			t.Errorf("came back as %+v, was %+v", back, step)
		}
	}
}

func TestALongRunStillFitsIntoTheReason(t *testing.T) {
	if n := len([]rune((&Step{}).reason(strings.Repeat("ä", 300)))); n > mostReason {
		t.Errorf("%d characters", n)
	}
}

var _ attr.Validator = (*TaskKill)(nil)
