package services

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// elbService is Elastic Load Balancing, version 2: Application Load Balancers and their target groups.
type elbService struct{ world *world.World }

func newELB(w *world.World) *Service {
	s := elbService{w}
	return (&Service{
		Name:    "elasticloadbalancing",
		Version: "2015-12-01",
		Query:   protocol.AWSQuery{Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"},
	}).with(
		read(s.describeLoadBalancers),
		read(s.describeLoadBalancerAttributes),
		read(s.describeListeners),
		read(s.describeRules),
		read(s.describeTargetGroups),
		read(s.describeTargetGroupAttributes),
		read(s.describeTargetHealth),
		read(s.describeTags),
		write(s.registerTargets, func(in *elb.RegisterTargetsInput) string { return aws.ToString(in.TargetGroupArn) }),
		write(s.deregisterTargets, func(in *elb.DeregisterTargetsInput) string { return aws.ToString(in.TargetGroupArn) }),
	)
}

func elbPage(marker *string, size *int32) paging {
	return paging{token: marker, size: size, usual: 400, least: 1, most: 400, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("ValidationError", "The marker is not valid.")
		}
		return protocol.Faultf("ValidationError", "The page size must be between 1 and 400.")
	}}
}

// elbFind keeps the items with one of the ARNs or names; all of them where neither is given. What is not found is a fault.
func elbFind[T any](items []T, refs []string, ref func(T) string, code, message string) ([]T, error) {
	if len(refs) == 0 {
		return items, nil
	}
	return byIDs(items, refs, ref, func([]string) error { return protocol.Faultf(code, "%s", message) })
}

func (s elbService) loadBalancers(names, arns []string) ([]world.LoadBalancer, error) {
	const code, message = "LoadBalancerNotFound", "One or more load balancers not found"
	found, err := elbFind(s.world.LoadBalancers(), names, func(b world.LoadBalancer) string { return b.Name }, code, message)
	if err != nil {
		return nil, err
	}
	return elbFind(found, arns, func(b world.LoadBalancer) string { return b.ARN }, code, message)
}

func (s elbService) describeLoadBalancers(in *elb.DescribeLoadBalancersInput) (*elb.DescribeLoadBalancersOutput, error) {
	found, err := s.loadBalancers(in.Names, in.LoadBalancerArns)
	if err != nil {
		return nil, err
	}
	page, next, err := cut(elbPage(in.Marker, in.PageSize), found, func(b world.LoadBalancer) string { return b.ARN })
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeLoadBalancersOutput{NextMarker: next, LoadBalancers: []elbtypes.LoadBalancer{}}
	for _, b := range page {
		balancer := elbtypes.LoadBalancer{
			LoadBalancerArn:   aws.String(b.ARN),
			LoadBalancerName:  aws.String(b.Name),
			DNSName:           aws.String(b.DNSName),
			CreatedTime:       moment(b.Created),
			IpAddressType:     elbtypes.IpAddressTypeIpv4,
			Scheme:            elbtypes.LoadBalancerSchemeEnum(b.Scheme),
			State:             &elbtypes.LoadBalancerState{Code: elbtypes.LoadBalancerStateEnum(b.State)},
			Type:              elbtypes.LoadBalancerTypeEnumApplication,
			VpcId:             aws.String(b.VPCID),
			AvailabilityZones: []elbtypes.AvailabilityZone{},
			SecurityGroups:    []string{},
		}
		for _, zone := range sortedKeys(b.Zones) {
			balancer.AvailabilityZones = append(balancer.AvailabilityZones, elbtypes.AvailabilityZone{
				ZoneName: aws.String(zone), SubnetId: aws.String(b.Zones[zone]), LoadBalancerAddresses: []elbtypes.LoadBalancerAddress{},
			})
		}
		out.LoadBalancers = append(out.LoadBalancers, balancer)
	}
	return out, nil
}

func (s elbService) describeLoadBalancerAttributes(in *elb.DescribeLoadBalancerAttributesInput) (*elb.DescribeLoadBalancerAttributesOutput, error) {
	found, err := s.loadBalancers(nil, []string{aws.ToString(in.LoadBalancerArn)})
	if err != nil {
		return nil, err
	}
	return &elb.DescribeLoadBalancerAttributesOutput{Attributes: []elbtypes.LoadBalancerAttribute{
		{Key: aws.String("idle_timeout.timeout_seconds"), Value: inSeconds(found[0].IdleTimeout)},
		{Key: aws.String("deletion_protection.enabled"), Value: aws.String("false")},
		{Key: aws.String("load_balancing.cross_zone.enabled"), Value: aws.String("true")},
		{Key: aws.String("routing.http2.enabled"), Value: aws.String("true")},
	}}, nil
}

// listeners are those of one load balancer, or with the given ARNs.
func (s elbService) listeners(balancer *string, arns []string) ([]world.Listener, error) {
	var wanted []string
	if balancer != nil {
		wanted = []string{*balancer}
	}
	balancers, err := s.loadBalancers(nil, wanted)
	if err != nil {
		return nil, err
	}
	var all []world.Listener
	for _, b := range balancers {
		all = append(all, b.Listeners...)
	}
	return elbFind(all, arns, func(l world.Listener) string { return l.ARN }, "ListenerNotFound", "One or more listeners not found")
}

func (s elbService) describeListeners(in *elb.DescribeListenersInput) (*elb.DescribeListenersOutput, error) {
	if in.LoadBalancerArn == nil && len(in.ListenerArns) == 0 {
		return nil, protocol.Faultf("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
	}
	found, err := s.listeners(in.LoadBalancerArn, in.ListenerArns)
	if err != nil {
		return nil, err
	}
	page, next, err := cut(elbPage(in.Marker, in.PageSize), found, func(l world.Listener) string { return l.ARN })
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeListenersOutput{NextMarker: next, Listeners: []elbtypes.Listener{}}
	for _, l := range page {
		listener := elbtypes.Listener{
			ListenerArn:     aws.String(l.ARN),
			LoadBalancerArn: aws.String(l.LoadBalancer),
			Port:            number(l.Port),
			Protocol:        elbtypes.ProtocolEnum(l.Protocol),
		}
		if n := len(l.Rules); n > 0 {
			listener.DefaultActions = elbActions(l.Rules[n-1])
		}
		out.Listeners = append(out.Listeners, listener)
	}
	return out, nil
}

func (s elbService) describeRules(in *elb.DescribeRulesInput) (*elb.DescribeRulesOutput, error) {
	if in.ListenerArn == nil && len(in.RuleArns) == 0 {
		return nil, protocol.Faultf("ValidationError", "You must specify either listener ARN or rule ARNs")
	}
	var wanted []string
	if in.ListenerArn != nil {
		wanted = []string{*in.ListenerArn}
	}
	listeners, err := s.listeners(nil, wanted)
	if err != nil {
		return nil, err
	}
	var all []world.Rule
	for _, l := range listeners {
		all = append(all, l.Rules...)
	}
	arn := func(r world.Rule) string { return r.ARN }
	found, err := elbFind(all, in.RuleArns, arn, "RuleNotFound", "One or more rules not found")
	if err != nil {
		return nil, err
	}
	page, next, err := cut(elbPage(in.Marker, in.PageSize), found, arn)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeRulesOutput{NextMarker: next, Rules: []elbtypes.Rule{}}
	for _, r := range page {
		out.Rules = append(out.Rules, elbRule(r))
	}
	return out, nil
}

func elbRule(r world.Rule) elbtypes.Rule {
	out := elbtypes.Rule{
		RuleArn:    aws.String(r.ARN),
		IsDefault:  aws.Bool(r.Priority == 0),
		Priority:   aws.String("default"),
		Actions:    elbActions(r),
		Conditions: []elbtypes.RuleCondition{},
	}
	if r.Priority != 0 {
		out.Priority = aws.String(strconv.Itoa(r.Priority))
	}
	if len(r.Paths) > 0 {
		out.Conditions = append(out.Conditions, elbtypes.RuleCondition{
			Field: aws.String("path-pattern"), Values: r.Paths, PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: r.Paths},
		})
	}
	return out
}

func elbActions(r world.Rule) []elbtypes.Action {
	if r.TargetGroup == "" {
		return []elbtypes.Action{{
			Type:  elbtypes.ActionTypeEnumFixedResponse,
			Order: aws.Int32(1),
			FixedResponseConfig: &elbtypes.FixedResponseActionConfig{
				StatusCode: aws.String(strconv.Itoa(r.FixedStatus)), MessageBody: optional(r.FixedBody), ContentType: aws.String("text/plain"),
			},
		}}
	}
	return []elbtypes.Action{{
		Type:           elbtypes.ActionTypeEnumForward,
		Order:          aws.Int32(1),
		TargetGroupArn: aws.String(r.TargetGroup),
		ForwardConfig: &elbtypes.ForwardActionConfig{
			TargetGroups:                []elbtypes.TargetGroupTuple{{TargetGroupArn: aws.String(r.TargetGroup), Weight: aws.Int32(1)}},
			TargetGroupStickinessConfig: &elbtypes.TargetGroupStickinessConfig{Enabled: aws.Bool(false)},
		},
	}}
}

// describeTags answers for load balancers and target groups.
func (s elbService) describeTags(in *elb.DescribeTagsInput) (*elb.DescribeTagsOutput, error) {
	if len(in.ResourceArns) > 20 {
		return nil, protocol.Faultf("ValidationError", "The number of resource ARNs cannot exceed 20.")
	}
	tags := map[string]map[string]string{}
	for _, b := range s.world.LoadBalancers() {
		tags[b.ARN] = b.Tags
	}
	for _, g := range s.world.TargetGroups() {
		tags[g.ARN] = g.Tags
	}
	out := &elb.DescribeTagsOutput{TagDescriptions: []elbtypes.TagDescription{}}
	for _, arn := range in.ResourceArns {
		found, ok := tags[arn]
		switch {
		case ok:
		case strings.Contains(arn, ":targetgroup/"):
			return nil, protocol.Faultf("TargetGroupNotFound", "One or more target groups not found")
		default:
			return nil, protocol.Faultf("LoadBalancerNotFound", "One or more load balancers not found")
		}
		description := elbtypes.TagDescription{ResourceArn: aws.String(arn), Tags: []elbtypes.Tag{}}
		for _, key := range sortedKeys(found) {
			description.Tags = append(description.Tags, elbtypes.Tag{Key: aws.String(key), Value: aws.String(found[key])})
		}
		out.TagDescriptions = append(out.TagDescriptions, description)
	}
	return out, nil
}
