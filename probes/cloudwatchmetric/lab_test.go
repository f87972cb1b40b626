package cloudwatchmetric_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/cloudwatchmetric"
)

func measure(t *testing.T, env *cloud.Env, p *cloudwatchmetric.Probe, from time.Time) []probes.Reading {
	t.Helper()
	if problems := p.Validate(); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	readings, err := p.Measure(t.Context(), env, from, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return readings
}

// An hour ago a queue held 10 and 30 orders, and two minutes later 50. Nothing is known of the minute between.
func TestEveryDataPointIsAReading(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	began := time.Now().Add(-time.Hour).Truncate(time.Minute)
	for at, waiting := range map[time.Duration]float64{0: 10, 20 * time.Second: 30, 2 * time.Minute: 50} {
		_, err := cloudwatch.NewFromConfig(env.AWS).PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{
			Namespace: aws.String("Shop"),
			MetricData: []types.MetricDatum{{
				MetricName: aws.String("Waiting"), Value: aws.Float64(waiting), Timestamp: aws.Time(began.Add(at)),
				Dimensions: []types.Dimension{{Name: aws.String("Queue"), Value: aws.String("orders")}},
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		statistic, unit string
		first, third    float64
	}{
		{"Average", "", 20, 50},
		{"Maximum", "", 30, 50},
		{"Sum", "", 40, 50},
		{"SampleCount", "", 2, 1},
		{"p100", "", 30, 50},
		{"Maximum", "Percent", 0.3, 0.5},
		{"Maximum", "Milliseconds", 0.03, 0.05},
		{"Maximum", "Seconds", 30, 50},
	} {
		p := cloudwatchmetric.Kind().New().(*cloudwatchmetric.Probe)
		p.Namespace, p.Metric, p.Dimensions = "Shop", "Waiting", map[string]string{"Queue": "orders"}
		p.Statistic, p.Unit = c.statistic, c.unit
		got := measure(t, env, p, began)
		if len(got) != 2 || got[0].Value != c.first || got[1].Value != c.third ||
			!got[0].At.Equal(began) || !got[1].At.Equal(began.Add(2*time.Minute)) || got[0].Span != time.Minute {
			t.Errorf("%s in %q: got %+v, want %v and %v two minutes later", c.statistic, c.unit, got, c.first, c.third)
		}
		p.Dimensions = nil
		if got := measure(t, env, p, began); len(got) != 0 {
			t.Errorf("without its dimension: got %+v", got)
		}
	}
}

func TestLoadBalancersAreLookedUpByName(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	p := cloudwatchmetric.Kind().New().(*cloudwatchmetric.Probe)
	p.Namespace, p.Metric, p.LoadBalancer, p.TargetGroup = "AWS/ApplicationELB", "HealthyHostCount", "web", "conversations"
	p.Statistic, p.Period = "Maximum", "1s"
	began := time.Now()
	var got []probes.Reading
	labtest.Until(t, "a count of hosts", func() bool {
		got = measure(t, env, p, began)
		return len(got) > 0
	})
	if got[0].Value != 6 {
		t.Errorf("got %+v, want 6 hosts", got)
	}

	p.Dimensions = map[string]string{"AvailabilityZone": "eu-west-1a"}
	labtest.Until(t, "a count of hosts in one zone", func() bool {
		got = measure(t, env, p, began)
		return len(got) > 0
	})
	if got[0].Value != 2 {
		t.Errorf("got %+v, want 2 hosts", got)
	}
}

func TestErrorsSayWhatWasLookedFor(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Wire: wire.Options{Denied: []string{"cloudwatch:GetMetricData"}}})
	p := cloudwatchmetric.Kind().New().(*cloudwatchmetric.Probe)
	p.Namespace, p.Metric, p.Statistic = "Shop", "Waiting", "Sum"
	now := time.Now()
	_, err := p.Measure(t.Context(), env, now.Add(-time.Hour), now)
	if err == nil || !strings.Contains(err.Error(), `namespace "Shop": read metric Waiting`) || !strings.Contains(cloud.Explain(err), "cloudwatch:GetMetricData") {
		t.Errorf("got %v", err)
	}
	p.LoadBalancer = "wbe"
	if _, err := p.Measure(t.Context(), env, now.Add(-time.Hour), now); err == nil || !strings.Contains(err.Error(), `did you mean "web"?`) {
		t.Errorf("got %v", err)
	}
}
