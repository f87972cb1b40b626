package ecsdeploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// pulled are the endpoints that an image from ECR is pulled through without the internet: its manifest by the first two,
// its layers by the last.
var pulled = []string{"ecr.api", "ecr.dkr", "s3"}

// endpoints warns of images from ECR that are pulled through the internet all the same.
func endpoints(ctx context.Context, env *cloud.Env, cluster *inventory.Cluster, s types.Service, d *types.TaskDefinition) ([]string, error) {
	if !slices.ContainsFunc(d.ContainerDefinitions, func(c types.ContainerDefinition) bool { return read(aws.ToString(c.Image)).ecr }) {
		return nil, nil
	}
	client := ec2.NewFromConfig(env.AWS)
	vpc, err := vpcOf(ctx, client, cluster, s)
	if err != nil || vpc == "" {
		return nil, err
	}
	missing := slices.Clone(pulled)
	pages := ec2.NewDescribeVpcEndpointsPaginator(client, &ec2.DescribeVpcEndpointsInput{
		Filters: []ec2types.Filter{{Name: aws.String("vpc-id"), Values: []string{vpc}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the endpoints of %s: %w", vpc, err)
		}
		for _, e := range page.VpcEndpoints {
			if strings.EqualFold(string(e.State), "available") {
				missing = slices.DeleteFunc(missing, func(service string) bool { return strings.HasSuffix(aws.ToString(e.ServiceName), "."+service) })
			}
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("%s has no endpoint for %s, so images from ECR come through the internet: without it, only instances that still have them start new tasks",
		vpc, strings.Join(missing, ", "))}, nil
}

// vpcOf is the VPC that the service's tasks are in, "" where nothing tells.
func vpcOf(ctx context.Context, client *ec2.Client, cluster *inventory.Cluster, s types.Service) (string, error) {
	if n := s.NetworkConfiguration; n != nil && n.AwsvpcConfiguration != nil && len(n.AwsvpcConfiguration.Subnets) > 0 {
		out, err := client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: n.AwsvpcConfiguration.Subnets[:1]})
		if err != nil {
			return "", fmt.Errorf("look up %s: %w", n.AwsvpcConfiguration.Subnets[0], err)
		}
		if len(out.Subnets) > 0 {
			return aws.ToString(out.Subnets[0].VpcId), nil
		}
		return "", nil
	}
	if len(cluster.Instances) == 0 {
		return "", nil
	}
	out, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{cluster.Instances[0].ID}})
	if err != nil {
		return "", fmt.Errorf("look up %s: %w", cluster.Instances[0].ID, err)
	}
	for _, r := range out.Reservations {
		for _, i := range r.Instances {
			return aws.ToString(i.VpcId), nil
		}
	}
	return "", nil
}
