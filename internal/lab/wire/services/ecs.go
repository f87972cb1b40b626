package services

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/schemas"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// ecsService is the Elastic Container Service.
type ecsService struct{ world *world.World }

func newECS(w *world.World) *Service {
	s := ecsService{w}
	return (&Service{
		Name:    "ecs",
		Version: "2014-11-13",
		JSON11:  protocol.NewAWSJSON11(schemas.AmazonEC2ContainerServiceV20141113),
		Shape:   "AmazonEC2ContainerServiceV20141113",
	}).with(
		read(s.listClusters),
		read(s.describeClusters),
		read(s.describeCapacityProviders),
		read(s.listContainerInstances),
		read(s.describeContainerInstances),
		write(s.updateContainerInstancesState, func(in *ecs.UpdateContainerInstancesStateInput) string {
			return s.arn("container-instance", in.Cluster, strings.Join(in.ContainerInstances[:min(1, len(in.ContainerInstances))], ""))
		}),
		read(s.listServices),
		read(s.describeServices),
		write(s.updateService, func(in *ecs.UpdateServiceInput) string {
			return s.arn("service", in.Cluster, aws.ToString(in.Service))
		}),
		read(s.listTasks),
		read(s.describeTasks),
		write(s.stopTask, func(in *ecs.StopTaskInput) string { return s.arn("task", in.Cluster, aws.ToString(in.Task)) }),
		read(s.listTaskDefinitions),
		read(s.listTaskDefinitionFamilies),
		read(s.describeTaskDefinition),
		write(s.registerTaskDefinition),
		write(s.deregisterTaskDefinition),
		read(s.listServiceDeployments),
		read(s.describeServiceDeployments),
		write(s.stopServiceDeployment, func(in *ecs.StopServiceDeploymentInput) string { return aws.ToString(in.ServiceDeploymentArn) }),
		read(s.listTagsForResource),
		write(s.tagResource, func(in *ecs.TagResourceInput) string { return aws.ToString(in.ResourceArn) }),
		write(s.untagResource, func(in *ecs.UntagResourceInput) string { return aws.ToString(in.ResourceArn) }),
	)
}

// arn spells out a short name within a cluster, which may be nil for the default one.
func (s ecsService) arn(kind string, cluster *string, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	account := s.world.Account()
	return fmt.Sprintf("arn:aws:ecs:%s:%s:%s/%s/%s", account.Region, account.ID, kind, clusterName(cluster), name)
}

func clusterName(ref *string) string {
	if aws.ToString(ref) == "" {
		return "default"
	}
	return path.Base(*ref)
}

// names says whether ref, a short name or an ARN, means what arn does.
func names(ref, arn string) bool {
	return ref == arn || ref == path.Base(arn)
}

// lookup finds what refs name, in their order, and reports the rest as ECS does.
func lookup[T any](items []T, refs []string, arn func(T) string, full func(ref string) string) (found []T, missing []ecstypes.Failure) {
	missing = []ecstypes.Failure{}
	for _, ref := range refs {
		if i := slices.IndexFunc(items, func(item T) bool { return names(ref, arn(item)) }); i >= 0 {
			found = append(found, items[i])
		} else {
			missing = append(missing, ecstypes.Failure{Arn: aws.String(full(ref)), Reason: aws.String("MISSING")})
		}
	}
	return found, missing
}

// between refuses lists that are too short or too long.
func between(what string, list []string, least, most int) error {
	switch {
	case len(list) < least:
		return protocol.Faultf("InvalidParameterException", "%s cannot be empty.", what)
	case len(list) > most:
		return protocol.Faultf("InvalidParameterException", "%s can have at most %d items.", what, most)
	}
	return nil
}

func ecsPage(token *string, size *int32, usual int32) paging {
	return paging{token: token, size: size, usual: usual, least: 1, most: 100, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("InvalidParameterException", "Invalid token.")
		}
		return protocol.Faultf("InvalidParameterException", "maxResults must be between 1 and 100.")
	}}
}
