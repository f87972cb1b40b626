package services

import (
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/lab/world"
)

func (s elbService) targetGroups(names, arns []string) ([]world.TargetGroup, error) {
	const code, message = "TargetGroupNotFound", "One or more target groups not found"
	found, err := elbFind(s.world.TargetGroups(), names, func(g world.TargetGroup) string { return g.Name }, code, message)
	if err != nil {
		return nil, err
	}
	return elbFind(found, arns, func(g world.TargetGroup) string { return g.ARN }, code, message)
}

func (s elbService) describeTargetGroups(in *elb.DescribeTargetGroupsInput) (*elb.DescribeTargetGroupsOutput, error) {
	found, err := s.targetGroups(in.Names, in.TargetGroupArns)
	if err != nil {
		return nil, err
	}
	if in.LoadBalancerArn != nil {
		if _, err := (s.loadBalancers(nil, []string{*in.LoadBalancerArn})); err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(g world.TargetGroup) bool { return !slices.Contains(g.LoadBalancers, *in.LoadBalancerArn) })
	}
	page, next, err := cut(elbPage(in.Marker, in.PageSize), found, func(g world.TargetGroup) string { return g.ARN })
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeTargetGroupsOutput{NextMarker: next, TargetGroups: []elbtypes.TargetGroup{}}
	for _, g := range page {
		out.TargetGroups = append(out.TargetGroups, elbtypes.TargetGroup{
			TargetGroupArn:             aws.String(g.ARN),
			TargetGroupName:            aws.String(g.Name),
			TargetType:                 elbtypes.TargetTypeEnum(g.TargetType),
			Protocol:                   elbtypes.ProtocolEnum(g.Protocol),
			ProtocolVersion:            aws.String("HTTP1"),
			Port:                       number(g.Port),
			VpcId:                      aws.String(g.VPCID),
			IpAddressType:              elbtypes.TargetGroupIpAddressTypeEnumIpv4,
			LoadBalancerArns:           append([]string{}, g.LoadBalancers...),
			HealthCheckEnabled:         aws.Bool(true),
			HealthCheckPath:            aws.String(g.HealthPath),
			HealthCheckPort:            aws.String("traffic-port"),
			HealthCheckProtocol:        elbtypes.ProtocolEnum(g.Protocol),
			HealthCheckIntervalSeconds: wholeSeconds(g.HealthInterval),
			HealthCheckTimeoutSeconds:  wholeSeconds(g.HealthTimeout),
			HealthyThresholdCount:      number(g.HealthyThreshold),
			UnhealthyThresholdCount:    number(g.UnhealthyThreshold),
			Matcher:                    &elbtypes.Matcher{HttpCode: aws.String(g.Matcher)},
		})
	}
	return out, nil
}

func (s elbService) describeTargetGroupAttributes(in *elb.DescribeTargetGroupAttributesInput) (*elb.DescribeTargetGroupAttributesOutput, error) {
	found, err := s.targetGroups(nil, []string{aws.ToString(in.TargetGroupArn)})
	if err != nil {
		return nil, err
	}
	return &elb.DescribeTargetGroupAttributesOutput{Attributes: []elbtypes.TargetGroupAttribute{
		{Key: aws.String("deregistration_delay.timeout_seconds"), Value: inSeconds(found[0].DeregistrationDelay)},
		{Key: aws.String("load_balancing.algorithm.type"), Value: aws.String("round_robin")},
		{Key: aws.String("slow_start.duration_seconds"), Value: aws.String("0")},
		{Key: aws.String("stickiness.enabled"), Value: aws.String("false")},
	}}, nil
}

// describeTargetHealth answers for all targets, or for those that are asked for: one that is not registered is unused.
func (s elbService) describeTargetHealth(in *elb.DescribeTargetHealthInput) (*elb.DescribeTargetHealthOutput, error) {
	groups, err := s.targetGroups(nil, []string{aws.ToString(in.TargetGroupArn)})
	if err != nil {
		return nil, err
	}
	all, err := s.world.TargetHealth(groups[0].ARN)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: []elbtypes.TargetHealthDescription{}}
	show := func(t world.TargetHealth) {
		out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, elbTargetHealth(t))
	}
	if len(in.Targets) == 0 {
		for _, t := range all {
			show(t)
		}
		return out, nil
	}
	for _, wanted := range in.Targets {
		i := slices.IndexFunc(all, func(t world.TargetHealth) bool {
			return t.ID == aws.ToString(wanted.Id) && (wanted.Port == nil || t.Port == int(*wanted.Port))
		})
		if i >= 0 {
			show(all[i])
			continue
		}
		port := groups[0].Port
		if wanted.Port != nil {
			port = int(*wanted.Port)
		}
		show(world.TargetHealth{
			ID: aws.ToString(wanted.Id), Port: port, State: "unused",
			Reason: "Target.NotRegistered", Description: "Target is not registered to the target group",
		})
	}
	return out, nil
}

func elbTargetHealth(t world.TargetHealth) elbtypes.TargetHealthDescription {
	return elbtypes.TargetHealthDescription{
		HealthCheckPort: aws.String(strconv.Itoa(t.Port)),
		Target:          &elbtypes.TargetDescription{Id: aws.String(t.ID), Port: number(t.Port), AvailabilityZone: optional(t.Zone)},
		TargetHealth: &elbtypes.TargetHealth{
			State:       elbtypes.TargetHealthStateEnum(t.State),
			Reason:      elbtypes.TargetHealthReasonEnum(t.Reason),
			Description: optional(t.Description),
		},
	}
}

func (s elbService) registerTargets(in *elb.RegisterTargetsInput) (*elb.RegisterTargetsOutput, error) {
	return &elb.RegisterTargetsOutput{}, s.world.RegisterTargets(aws.ToString(in.TargetGroupArn), elbTargets(in.Targets))
}

func (s elbService) deregisterTargets(in *elb.DeregisterTargetsInput) (*elb.DeregisterTargetsOutput, error) {
	return &elb.DeregisterTargetsOutput{}, s.world.DeregisterTargets(aws.ToString(in.TargetGroupArn), elbTargets(in.Targets))
}

func elbTargets(list []elbtypes.TargetDescription) []world.Target {
	targets := make([]world.Target, 0, len(list))
	for _, t := range list {
		targets = append(targets, world.Target{
			ID: aws.ToString(t.Id), Port: int(aws.ToInt32(t.Port)), Zone: aws.ToString(t.AvailabilityZone),
		})
	}
	return targets
}

// inSeconds writes a duration as the attributes of load balancers do.
func inSeconds(d time.Duration) *string { return aws.String(strconv.Itoa(int(*wholeSeconds(d)))) }
