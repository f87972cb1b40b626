package services

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	types "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// applicationScaling is Application Auto Scaling, as far as it can be looked at: what scales ECS services.
type applicationScaling struct{ world *world.World }

func newApplicationScaling(w *world.World) *Service {
	s := applicationScaling{w}
	return (&Service{
		Name:    "application-autoscaling",
		Version: "2016-02-06",
		JSON11:  protocol.NewPlainAWSJSON11().Failing("InternalServiceException"),
		Shape:   "AnyScaleFrontendService",
	}).with(
		read(s.describeScalableTargets),
		read(s.describeScalingPolicies),
		read(s.describeScalingActivities),
	)
}

func (s applicationScaling) describeScalableTargets(in *scaling.DescribeScalableTargetsInput) (*scaling.DescribeScalableTargetsOutput, error) {
	all, err := s.those(in.ServiceNamespace, in.ResourceIds, in.ScalableDimension)
	if err != nil {
		return nil, err
	}
	all, next, err := cut(scalingPage(in.NextToken, in.MaxResults), all, resourceID)
	out := &scaling.DescribeScalableTargetsOutput{NextToken: next, ScalableTargets: []types.ScalableTarget{}}
	for _, v := range all {
		out.ScalableTargets = append(out.ScalableTargets, types.ScalableTarget{
			ServiceNamespace: types.ServiceNamespaceEcs, ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
			ResourceId: aws.String(v.ResourceID), ScalableTargetARN: aws.String(v.TargetARN), RoleARN: aws.String(v.RoleARN),
			MinCapacity: aws.Int32(int32(v.Min)), MaxCapacity: aws.Int32(int32(v.Max)), CreationTime: aws.Time(v.Created),
			SuspendedState: &types.SuspendedState{
				DynamicScalingInSuspended: aws.Bool(v.Suspended), DynamicScalingOutSuspended: aws.Bool(v.Suspended), ScheduledScalingSuspended: aws.Bool(false),
			},
		})
	}
	return out, err
}

func (s applicationScaling) describeScalingPolicies(in *scaling.DescribeScalingPoliciesInput) (*scaling.DescribeScalingPoliciesOutput, error) {
	all, err := s.those(in.ServiceNamespace, named(in.ResourceId), in.ScalableDimension)
	if err != nil {
		return nil, err
	}
	if len(in.PolicyNames) > 0 {
		all = slices.DeleteFunc(all, func(v world.Scaling) bool { return !slices.Contains(in.PolicyNames, v.PolicyName) })
	}
	all, next, err := cut(scalingPage(in.NextToken, in.MaxResults), all, resourceID)
	out := &scaling.DescribeScalingPoliciesOutput{NextToken: next, ScalingPolicies: []types.ScalingPolicy{}}
	for _, v := range all {
		metric := &types.PredefinedMetricSpecification{PredefinedMetricType: types.MetricType(v.Metric)}
		if v.ResourceLabel != "" {
			metric.ResourceLabel = aws.String(v.ResourceLabel)
		}
		out.ScalingPolicies = append(out.ScalingPolicies, types.ScalingPolicy{
			ServiceNamespace: types.ServiceNamespaceEcs, ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
			ResourceId: aws.String(v.ResourceID), PolicyName: aws.String(v.PolicyName), PolicyARN: aws.String(v.PolicyARN),
			PolicyType: types.PolicyTypeTargetTrackingScaling, CreationTime: aws.Time(v.Created), Alarms: []types.Alarm{},
			TargetTrackingScalingPolicyConfiguration: &types.TargetTrackingScalingPolicyConfiguration{
				TargetValue: aws.Float64(v.Target), PredefinedMetricSpecification: metric, DisableScaleIn: aws.Bool(false),
				ScaleOutCooldown: aws.Int32(int32(v.ScaleOutCooldown.Seconds())), ScaleInCooldown: aws.Int32(int32(v.ScaleInCooldown.Seconds())),
			},
		})
	}
	return out, err
}

func (s applicationScaling) describeScalingActivities(in *scaling.DescribeScalingActivitiesInput) (*scaling.DescribeScalingActivitiesOutput, error) {
	all, err := s.those(in.ServiceNamespace, named(in.ResourceId), in.ScalableDimension)
	if err != nil {
		return nil, err
	}
	found := []types.ScalingActivity{}
	for _, v := range all {
		for _, a := range v.Activities {
			found = append(found, types.ScalingActivity{
				ServiceNamespace: types.ServiceNamespaceEcs, ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
				ResourceId: aws.String(v.ResourceID), ActivityId: aws.String(a.ID), Description: aws.String(a.Description), Cause: aws.String(a.Cause),
				StartTime: aws.Time(a.At), EndTime: aws.Time(a.At), StatusCode: types.ScalingActivityStatusCodeSuccessful,
			})
		}
	}
	page := scalingPage(in.NextToken, in.MaxResults)
	page.down = true
	found, next, err := cut(page, found, func(a types.ScalingActivity) string {
		return a.StartTime.UTC().Format("2006-01-02T15:04:05.000000000") + *a.ActivityId
	})
	return &scaling.DescribeScalingActivitiesOutput{NextToken: next, ScalingActivities: found}, err
}

// those returns what of a namespace is asked for: all of it where no resource is named, nothing of any but ECS.
func (s applicationScaling) those(of types.ServiceNamespace, resources []string, dimension types.ScalableDimension) ([]world.Scaling, error) {
	if !slices.Contains(of.Values(), of) {
		return nil, protocol.Faultf("ValidationException", "1 validation error detected: Value '%s' at 'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set", of)
	}
	return slices.DeleteFunc(s.world.Scalings(), func(v world.Scaling) bool {
		return of != types.ServiceNamespaceEcs || len(resources) > 0 && !slices.Contains(resources, v.ResourceID) ||
			dimension != "" && dimension != types.ScalableDimensionECSServiceDesiredCount
	}), nil
}

func named(resource *string) []string {
	if resource == nil {
		return nil
	}
	return []string{*resource}
}

func resourceID(v world.Scaling) string { return v.ResourceID }

func scalingPage(token *string, size *int32) paging {
	return paging{token: token, size: size, usual: 50, least: 1, most: 50, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("InvalidNextTokenException", "The specified NextToken value is invalid.")
		}
		return protocol.Faultf("ValidationException", "MaxResults must be between 1 and 50.")
	}}
}
