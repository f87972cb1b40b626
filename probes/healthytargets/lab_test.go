package healthytargets_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/healthytargets"
)

func probe(balancer, group, as string) *healthytargets.Probe {
	return &healthytargets.Probe{LoadBalancer: balancer, TargetGroup: group, As: as}
}

func measure(t *testing.T, env *cloud.Env, p *healthytargets.Probe) probes.Reading {
	t.Helper()
	got, err := p.Measure(t.Context(), env, time.Time{}, time.Time{})
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v, want one reading", got, err)
	}
	return got[0]
}

func TestTargetsOfALab(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	balancer, err := elb.Find(t.Context(), env, "web")
	if err != nil {
		t.Fatal(err)
	}
	group, err := elb.FindGroup(t.Context(), env, "comments")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		probe *healthytargets.Probe
		value float64
		note  string
	}{
		{probe("", "conversations", "count"), 6, "6 of 6 healthy"},
		{probe("web", "conversations", "count"), 6, "6 of 6 healthy"},
		{probe("web", "conversations", "share"), 1, "6 of 6 healthy"},
		{probe("", "comments", "count"), 3, "3 of 3 healthy"},
		{probe("", group.ARN, "count"), 3, "3 of 3 healthy"},
		{probe(balancer.ARN, group.ARN, "count"), 3, "3 of 3 healthy"},
		{probe("web", "", "count"), 23, "23 of 23 healthy"},
	} {
		if r := measure(t, env, c.probe); r.Value != c.value || r.Note != c.note {
			t.Errorf("%+v: got %+v, want %v, %s", c.probe, r, c.value, c.note)
		}
	}
}

// A target at whose address nobody listens never becomes healthy.
func TestATargetThatIsNotHealthyIsNoted(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	group, err := elb.FindGroup(t.Context(), env, "comments")
	if err != nil {
		t.Fatal(err)
	}
	client := elasticloadbalancingv2.NewFromConfig(env.AWS)
	_, err = client.RegisterTargets(t.Context(), &elasticloadbalancingv2.RegisterTargetsInput{
		TargetGroupArn: aws.String(group.ARN),
		Targets:        []types.TargetDescription{{Id: aws.String("10.0.200.200"), Port: aws.Int32(8080)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "the target to be found unhealthy", func() bool {
		return strings.Contains(measure(t, env, probe("web", "comments", "share")).Note, "unhealthy")
	})
	if r := measure(t, env, probe("web", "comments", "share")); r.Value != 0.75 || !strings.HasPrefix(r.Note, "3 of 4 healthy, comments/10.0.200.200:8080 unhealthy (Target.") {
		t.Errorf("got %+v", r)
	}
	if r := measure(t, env, probe("web", "comments", "count")); r.Value != 3 {
		t.Errorf("got %+v", r)
	}
}

func TestErrorsSayWhatThereIs(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	for want, p := range map[string]*healthytargets.Probe{
		`there is no target group "comment", did you mean "comments"?`:                      probe("", "comment", "count"),
		`load balancer "web": there is no target group "comment", did you mean "comments"?`: probe("web", "comment", "count"),
		`there is no load balancer "wbe", did you mean "web"? (there are: "web")`:           probe("wbe", "", "count"),
	} {
		if got, err := p.Measure(t.Context(), env, time.Time{}, time.Time{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %+v, %v, want an error that says %s", got, err, want)
		}
	}
}

func TestADeniedLookNamesTheAction(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Wire: wire.Options{Denied: []string{"elasticloadbalancing:DescribeTargetHealth"}}})
	_, err := probe("web", "comments", "count").Measure(t.Context(), env, time.Time{}, time.Time{})
	if err == nil || !strings.Contains(err.Error(), `health of target group "comments"`) || !strings.Contains(cloud.Explain(err), "elasticloadbalancing:DescribeTargetHealth") {
		t.Errorf("got %v", err)
	}
}
