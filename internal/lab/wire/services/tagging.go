package services

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/schemas"
	types "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// taggingService is the Resource Groups Tagging API: what carries which tags, over all services.
type taggingService struct{ world *world.World }

func newTagging(w *world.World) *Service {
	s := taggingService{w}
	return (&Service{
		Name:    "tag",
		Version: "2017-01-26",
		JSON11:  protocol.NewAWSJSON11(schemas.ResourceGroupsTaggingAPI_20170126).Failing("InternalServiceException"),
		Shape:   "ResourceGroupsTaggingAPI_20170126",
	}).with(
		read(s.getResources),
		read(s.getTagKeys),
		read(s.getTagValues),
	)
}

func (s taggingService) getResources(in *tagging.GetResourcesInput) (*tagging.GetResourcesOutput, error) {
	err := only("InvalidParameterException", in, "ResourceARNList", "ResourceTypeFilters", "TagFilters", "ResourcesPerPage", "PaginationToken")
	switch {
	case err != nil:
		return nil, err
	case len(in.ResourceARNList) > 0 && (len(in.ResourceTypeFilters) > 0 || len(in.TagFilters) > 0 || in.ResourcesPerPage != nil || in.PaginationToken != nil):
		return nil, protocol.Faultf("InvalidParameterException", "ResourceARNList cannot be combined with filters or pagination parameters")
	case len(in.TagFilters) > 50 || slices.ContainsFunc(in.TagFilters, func(f types.TagFilter) bool { return len(f.Values) > 20 || aws.ToString(f.Key) == "" }):
		return nil, protocol.Faultf("InvalidParameterException", "A request can have up to 50 tag filters, each with a key and up to 20 values")
	}
	wanted := slices.DeleteFunc(s.world.Tagged(), func(r world.Tagged) bool {
		return len(in.ResourceARNList) > 0 && !slices.Contains(in.ResourceARNList, r.ARN) ||
			len(in.ResourceTypeFilters) > 0 && !slices.ContainsFunc(in.ResourceTypeFilters, func(kind string) bool { return isOfType(r.ARN, kind) }) ||
			slices.ContainsFunc(in.TagFilters, func(f types.TagFilter) bool { return !carries(r.Tags, f) })
	})
	page, next, err := cut(taggingPage(in.PaginationToken, in.ResourcesPerPage), wanted, func(r world.Tagged) string { return r.ARN })
	if err != nil {
		return nil, err
	}
	out := &tagging.GetResourcesOutput{PaginationToken: aws.String(aws.ToString(next)), ResourceTagMappingList: []types.ResourceTagMapping{}}
	for _, r := range page {
		m := types.ResourceTagMapping{ResourceARN: aws.String(r.ARN)}
		for _, key := range sortedKeys(r.Tags) {
			m.Tags = append(m.Tags, types.Tag{Key: aws.String(key), Value: aws.String(r.Tags[key])})
		}
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, m)
	}
	return out, nil
}

// isOfType reports whether an ARN is of a service ("ec2") or of one of its resource types ("ec2:instance"), by its own words.
func isOfType(arn, kind string) bool {
	service, kind, typed := strings.Cut(kind, ":")
	parts := strings.SplitN(arn, ":", 6) // arn:aws:service:region:account:resource
	if parts[2] != service {
		return false
	}
	rest, ok := strings.CutPrefix(parts[5], kind)
	return !typed || ok && strings.HasPrefix(rest, "/")
}

// carries reports whether tags match a filter: one of its values, or any where it has none.
func carries(tags map[string]string, f types.TagFilter) bool {
	value, ok := tags[aws.ToString(f.Key)]
	return ok && (len(f.Values) == 0 || slices.Contains(f.Values, value))
}

func (s taggingService) getTagKeys(in *tagging.GetTagKeysInput) (*tagging.GetTagKeysOutput, error) {
	all := map[string]string{}
	for _, r := range s.world.Tagged() {
		for key := range r.Tags {
			all[key] = ""
		}
	}
	page, next, err := cut(taggingPage(in.PaginationToken, nil), sortedKeys(all), func(key string) string { return key })
	return &tagging.GetTagKeysOutput{PaginationToken: aws.String(aws.ToString(next)), TagKeys: append([]string{}, page...)}, err
}

func (s taggingService) getTagValues(in *tagging.GetTagValuesInput) (*tagging.GetTagValuesOutput, error) {
	all := map[string]string{}
	for _, r := range s.world.Tagged() {
		if value, ok := r.Tags[aws.ToString(in.Key)]; ok {
			all[value] = ""
		}
	}
	page, next, err := cut(taggingPage(in.PaginationToken, nil), sortedKeys(all), func(value string) string { return value })
	return &tagging.GetTagValuesOutput{PaginationToken: aws.String(aws.ToString(next)), TagValues: append([]string{}, page...)}, err
}

func taggingPage(token *string, size *int32) paging {
	return paging{token: token, size: size, usual: 50, least: 1, most: 100, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("PaginationTokenExpiredException", "The PaginationToken is not valid")
		}
		return protocol.Faultf("InvalidParameterException", "ResourcesPerPage must be between 1 and 100")
	}}
}
