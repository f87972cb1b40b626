package ecsdeploy

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Besides whose it is, the mark on a service says what it was and what it was made, so that it can be put back without
// any journal. It is set before anything is changed, and taken off once everything is as it was. A service that is only
// deployed anew gets none: there is nothing to put back.
const (
	wasTag  = "gameday:was"
	leftTag = "gameday:left"
)

func (s *Step) mark(ctx context.Context, env *cloud.Env, client *ecs.Client) error {
	_, err := client.TagResource(ctx, &ecs.TagResourceInput{ResourceArn: aws.String(s.ARN), Tags: []types.Tag{
		{Key: aws.String(cloud.RunTag), Value: aws.String(env.RunID)},
		{Key: aws.String(wasTag), Value: aws.String(s.Before.mark())},
		{Key: aws.String(leftTag), Value: aws.String(s.After.mark())},
	}})
	if err != nil {
		return fmt.Errorf("tag %s: %w", s.name(), err)
	}
	return nil
}

func (s *Step) unmark(ctx context.Context, client *ecs.Client) error {
	_, err := client.UntagResource(ctx, &ecs.UntagResourceInput{ResourceArn: aws.String(s.ARN), TagKeys: []string{cloud.RunTag, wasTag, leftTag}})
	if err != nil {
		return fmt.Errorf("remove the tags %s, %s and %s of %s: %w", cloud.RunTag, wasTag, leftTag, s.name(), err)
	}
	return nil
}

// mark writes a version as the value of a tag: "web:41", or "web:41 6" with a number of tasks.
func (v Version) mark() string {
	if v.Desired == nil {
		return v.Definition
	}
	return fmt.Sprintf("%s %d", v.Definition, *v.Desired)
}

// unmarked reads it back; false where it is not what mark writes.
func unmarked(value string) (Version, bool) {
	definition, desired, counted := strings.Cut(value, " ")
	v := Version{Definition: definition}
	if counted {
		n, err := strconv.Atoi(desired)
		if err != nil {
			return Version{}, false
		}
		v.Desired = &n
	}
	return v, definition != ""
}

func tag(tags []types.Tag, key string) string {
	for _, t := range tags {
		if aws.ToString(t.Key) == key {
			return aws.ToString(t.Value)
		}
	}
	return ""
}

// scan finds the services that carry our mark.
func scan(ctx context.Context, env *cloud.Env) ([]injectors.Found, error) {
	var found []injectors.Found
	pages := tagging.NewGetResourcesPaginator(tagging.NewFromConfig(env.AWS), &tagging.GetResourcesInput{
		ResourceTypeFilters: []string{"ecs:service"},
		TagFilters:          []taggingtypes.TagFilter{{Key: aws.String(cloud.RunTag)}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("find services that carry the tag %s: %w", cloud.RunTag, err)
		}
		for _, r := range page.ResourceTagMappingList {
			tags := map[string]string{}
			for _, t := range r.Tags {
				tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			if f, ok := foundBy(env.AWS.Region, aws.ToString(r.ResourceARN), tags); ok {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// foundBy reads a step back from the mark on a service; false where the mark is somebody else's work.
func foundBy(region, arn string, tags map[string]string) (injectors.Found, bool) {
	was, readable := unmarked(tags[wasTag])
	left, whole := unmarked(tags[leftTag])
	cluster, service := path.Base(path.Dir(arn)), path.Base(arn) // arn:aws:ecs:region:account:service/cluster/name
	if !readable || !whole {
		return injectors.Found{}, false
	}
	return injectors.Found{Run: tags[cloud.RunTag], Step: &Step{
		Region: region, Cluster: cluster, Service: service, ARN: arn, Before: was, After: left, Restores: true,
		Former: inventory.Former{Cluster: cluster, Service: service},
	}}, true
}
