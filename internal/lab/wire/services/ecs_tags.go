package services

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire/protocol"
)

func ecsTags(tags map[string]string) []ecstypes.Tag {
	list := make([]ecstypes.Tag, 0, len(tags))
	for _, key := range sortedKeys(tags) {
		list = append(list, ecstypes.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}

// Tag values that ECS takes are this long at most.
const longestECSTag = 256

func (s ecsService) tagResource(in *ecs.TagResourceInput) (*ecs.TagResourceOutput, error) {
	for _, t := range in.Tags {
		if key, value := aws.ToString(t.Key), aws.ToString(t.Value); key == "" || len(key) > 128 || len(value) > longestECSTag {
			return nil, protocol.Faultf("InvalidParameterException", "The tag %s has a key or a value of the wrong length.", key)
		}
	}
	return &ecs.TagResourceOutput{}, s.world.TagECS(aws.ToString(in.ResourceArn), func(tags map[string]string) {
		for _, t := range in.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	})
}

func (s ecsService) untagResource(in *ecs.UntagResourceInput) (*ecs.UntagResourceOutput, error) {
	return &ecs.UntagResourceOutput{}, s.world.TagECS(aws.ToString(in.ResourceArn), func(tags map[string]string) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	})
}

// listTagsForResource finds a resource of any kind by its ARN.
func (s ecsService) listTagsForResource(in *ecs.ListTagsForResourceInput) (*ecs.ListTagsForResourceOutput, error) {
	tags, ok := s.tagsOf(aws.ToString(in.ResourceArn))
	if !ok {
		return nil, protocol.Faultf("InvalidParameterException", "The specified resource does not exist. Specify a valid resource ARN and try again.")
	}
	return &ecs.ListTagsForResourceOutput{Tags: ecsTags(tags)}, nil
}

func (s ecsService) tagsOf(arn string) (map[string]string, bool) {
	for _, c := range s.world.Clusters() {
		if c.ARN == arn {
			return c.Tags, true
		}
		services, err := s.world.Services(c.Name)
		if err != nil {
			continue // the cluster has just gone
		}
		for _, service := range services {
			if service.ARN == arn {
				return service.Tags, true
			}
		}
		hosts, err := s.world.ContainerInstances(c.Name)
		if err != nil {
			continue
		}
		for _, host := range hosts {
			if host.ARN == arn {
				return host.Tags, true
			}
		}
		tasks, err := s.world.Tasks(c.Name)
		if err != nil {
			continue
		}
		for _, task := range tasks {
			if task.ARN == arn {
				return nil, true
			}
		}
	}
	return nil, false
}
