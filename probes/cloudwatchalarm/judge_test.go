package cloudwatchalarm

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

func TestJudge(t *testing.T) {
	const (
		fine    = types.StateValueOk
		raised  = types.StateValueAlarm
		unknown = types.StateValueInsufficientData
	)
	for _, c := range []struct {
		name   string
		states []types.StateValue
		want   float64 // -1: no reading
		note   string
	}{
		{"fine", []types.StateValue{fine}, 0, ""},
		{"raised", []types.StateValue{raised}, 1, "a: over"},
		{"unknown", []types.StateValue{unknown}, -1, ""},
		{"one of two raised", []types.StateValue{fine, raised}, 1, "b: over"},
		{"both raised", []types.StateValue{raised, raised}, 2, "a: over; b: over"},
		{"one unknown", []types.StateValue{fine, unknown}, -1, ""},
		{"one raised, one unknown", []types.StateValue{unknown, raised}, 1, "b: over"},
	} {
		var alarms []alarm
		for i, s := range c.states {
			alarms = append(alarms, alarm{name: []string{"a", "b"}[i], reason: "over", state: s})
		}
		got := judge(time.Now(), alarms)
		switch {
		case c.want < 0:
			if len(got) != 0 {
				t.Errorf("%s: got %+v, want no reading", c.name, got)
			}
		case len(got) != 1 || got[0].Value != c.want || got[0].Note != c.note:
			t.Errorf("%s: got %+v, want %v %q", c.name, got, c.want, c.note)
		}
	}
}
