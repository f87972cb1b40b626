package wire_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	types "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"gameday/internal/lab/wire"
)

func TestWhatScalesAServiceCanBeLookedAt(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := scaling.NewFromConfig(cfg)
	targets, err := client.DescribeScalableTargets(t.Context(), &scaling.DescribeScalableTargetsInput{
		ServiceNamespace: types.ServiceNamespaceEcs, ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(targets.ScalableTargets); n != 1 {
		t.Fatalf("%d scalable targets", n)
	}
	v := targets.ScalableTargets[0]
	if *v.ResourceId != "service/web/front" || *v.MinCapacity != 2 || *v.MaxCapacity != 8 || !*v.SuspendedState.DynamicScalingOutSuspended {
		t.Errorf("scalable target %+v", v)
	}
	policies, err := client.DescribeScalingPolicies(t.Context(), &scaling.DescribeScalingPoliciesInput{
		ServiceNamespace: types.ServiceNamespaceEcs, ResourceId: v.ResourceId,
	})
	if err != nil {
		t.Fatal(err)
	}
	p := policies.ScalingPolicies[0].TargetTrackingScalingPolicyConfiguration
	if *p.TargetValue != 1000 || p.PredefinedMetricSpecification.PredefinedMetricType != types.MetricTypeALBRequestCountPerTarget ||
		!strings.HasPrefix(*p.PredefinedMetricSpecification.ResourceLabel, "app/web/") || *p.ScaleInCooldown != 300 {
		t.Errorf("policy %+v", p)
	}
	activities, err := client.DescribeScalingActivities(t.Context(), &scaling.DescribeScalingActivitiesInput{ServiceNamespace: types.ServiceNamespaceEcs})
	if err != nil || len(activities.ScalingActivities) != 0 {
		t.Errorf("of a service that was never scaled: %v %v", activities, err)
	}
	others, err := client.DescribeScalableTargets(t.Context(), &scaling.DescribeScalableTargetsInput{ServiceNamespace: types.ServiceNamespaceDynamodb})
	if err != nil || len(others.ScalableTargets) != 0 {
		t.Errorf("of a namespace that the lab has nothing of: %v %v", others, err)
	}
	_, err = client.DescribeScalableTargets(t.Context(), &scaling.DescribeScalableTargetsInput{ServiceNamespace: "nonsense"})
	wantCode(t, err, "ValidationException")
	_, err = client.DescribeScalingPolicies(t.Context(), &scaling.DescribeScalingPoliciesInput{
		ServiceNamespace: types.ServiceNamespaceEcs, MaxResults: aws.Int32(51),
	})
	wantCode(t, err, "ValidationException")
}
