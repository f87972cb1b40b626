package cloudwatchalarm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/cloudwatchalarm"
)

func measure(t *testing.T, env *cloud.Env, alarms ...string) []probes.Reading {
	t.Helper()
	got, err := (&cloudwatchalarm.Probe{Alarms: alarms}).Measure(t.Context(), env, time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Nobody visits, so there are no response times to judge, and no errors either.
func TestAnAlarmWithoutDataIsNoReading(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	labtest.Until(t, "web-5xx to be evaluated", func() bool { return len(measure(t, env, "web-5xx")) == 1 })
	if got := measure(t, env, "web-5xx"); got[0].Value != 0 || got[0].Note != "" {
		t.Errorf("got %+v, want 0", got)
	}
	if got := measure(t, env, "web-5xx", "conversations-slow"); len(got) != 0 {
		t.Errorf("got %+v, and nobody knows whether conversations are slow", got)
	}
}

func TestAnAlarmThatIsRaised(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	labtest.Until(t, "conversations-few to be evaluated", func() bool {
		got := measure(t, env, "conversations-few")
		return len(got) == 1 && got[0].Value == 0
	})
	_, err := ecs.NewFromConfig(env.AWS).UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: aws.String("web"), Service: aws.String("conversations"), DesiredCount: aws.Int32(2),
	})
	if err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "conversations-few to be raised", func() bool {
		got := measure(t, env, "web-5xx", "conversations-few")
		return len(got) == 1 && got[0].Value == 1 && strings.HasPrefix(got[0].Note, "conversations-few: ")
	})
}

func TestErrorsSayWhatThereIs(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	got, err := (&cloudwatchalarm.Probe{Alarms: []string{"web-5xx", "web-4xx"}}).Measure(t.Context(), env, time.Time{}, time.Time{})
	if want := `there is no alarm "web-4xx", did you mean "web-5xx"? (there are: "conversations-few", "conversations-slow", "web-5xx")`; err == nil || err.Error() != want {
		t.Errorf("got %+v, %v, want %s", got, err, want)
	}
}

func TestADeniedLookNamesTheAction(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Wire: wire.Options{Denied: []string{"cloudwatch:DescribeAlarms"}}})
	_, err := (&cloudwatchalarm.Probe{Alarms: []string{"web-5xx"}}).Measure(t.Context(), env, time.Time{}, time.Time{})
	if err == nil || !strings.Contains(err.Error(), "state of alarms web-5xx") || !strings.Contains(cloud.Explain(err), "cloudwatch:DescribeAlarms") {
		t.Errorf("got %v", err)
	}
}
