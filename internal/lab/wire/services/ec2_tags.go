package services

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
)

func (s ec2Service) createTags(in *ec2.CreateTagsInput) (*ec2.CreateTagsOutput, error) {
	tags := make(map[string]string, len(in.Tags))
	for _, tag := range in.Tags {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	if aws.ToBool(in.DryRun) {
		return nil, rehearse(s.world.CreateTags(in.Resources, nil)) // no tags: only looks the resources up
	}
	return &ec2.CreateTagsOutput{}, s.world.CreateTags(in.Resources, tags)
}

// deleteTags removes all tags where none are named, and a tag with a value only where it has that value.
func (s ec2Service) deleteTags(in *ec2.DeleteTagsInput) (*ec2.DeleteTagsOutput, error) {
	if aws.ToBool(in.DryRun) {
		return nil, rehearse(s.world.CreateTags(in.Resources, nil))
	}
	for _, resource := range in.Resources {
		var keys []string
		for _, t := range s.tagged() {
			if t.id == resource && deletes(in.Tags, t) {
				keys = append(keys, t.key)
			}
		}
		if err := s.world.DeleteTags([]string{resource}, keys); err != nil {
			return nil, err
		}
	}
	return &ec2.DeleteTagsOutput{}, nil
}

func deletes(named []ec2types.Tag, t tagged) bool {
	return len(named) == 0 || slices.ContainsFunc(named, func(n ec2types.Tag) bool {
		return aws.ToString(n.Key) == t.key && (n.Value == nil || *n.Value == t.value)
	})
}

// tagged is one tag of one resource.
type tagged struct{ id, kind, key, value string }

var tagFilters = filterable[tagged]{values: map[string]func(tagged) []string{
	"key":           one(func(t tagged) string { return t.key }),
	"value":         one(func(t tagged) string { return t.value }),
	"resource-id":   one(func(t tagged) string { return t.id }),
	"resource-type": one(func(t tagged) string { return t.kind }),
}}

func (s ec2Service) tagged() []tagged {
	var all []tagged
	add := func(id, kind string, tags map[string]string) {
		for _, key := range sortedKeys(tags) {
			all = append(all, tagged{id, kind, key, tags[key]})
		}
	}
	for _, i := range s.world.Instances() {
		add(i.ID, "instance", i.Tags)
	}
	for _, n := range s.world.Subnets() {
		add(n.ID, "subnet", n.Tags)
	}
	for _, v := range s.world.VPCs() {
		add(v.ID, "vpc", v.Tags)
	}
	for _, t := range s.world.RouteTables() {
		add(t.ID, "route-table", t.Tags)
	}
	for _, a := range s.world.NetworkACLs() {
		add(a.ID, "network-acl", a.Tags)
	}
	for _, g := range s.world.NATGateways() {
		add(g.ID, "natgateway", g.Tags)
	}
	for _, g := range s.world.InternetGateways() {
		kind := "internet-gateway"
		if g.EgressOnly {
			kind = "egress-only-internet-gateway"
		}
		add(g.ID, kind, g.Tags)
	}
	for _, e := range s.world.VPCEndpoints() {
		add(e.ID, "vpc-endpoint", e.Tags)
	}
	return all
}

// specified are the tags that a call which creates something gives to it.
func specified(specs []ec2types.TagSpecification, kind ec2types.ResourceType) (map[string]string, error) {
	tags := map[string]string{}
	for _, spec := range specs {
		if spec.ResourceType != kind {
			return nil, protocol.Faultf("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", spec.ResourceType)
		}
		for _, tag := range spec.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return tags, nil
}

func (s ec2Service) describeTags(in *ec2.DescribeTagsInput) (*ec2.DescribeTagsOutput, error) {
	found, err := tagFilters.apply(in.Filters, s.tagged())
	if err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, func(t tagged) string { return t.id + " " + t.key })
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeTagsOutput{NextToken: next, Tags: []ec2types.TagDescription{}}
	for _, t := range found {
		out.Tags = append(out.Tags, ec2types.TagDescription{
			ResourceId:   aws.String(t.id),
			ResourceType: ec2types.ResourceType(t.kind),
			Key:          aws.String(t.key),
			Value:        aws.String(t.value),
		})
	}
	return out, nil
}
