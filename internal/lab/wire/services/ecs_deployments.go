package services

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// serviceDeployment is the history's view of a deployment, under an ARN of its own.
type serviceDeployment struct {
	world.Deployment
	service world.Service
	arn     string
}

func (s ecsService) serviceDeployments(cluster, name string) ([]serviceDeployment, error) {
	all, err := s.world.ServiceDeployments(cluster, name)
	if err != nil {
		return nil, err
	}
	services, err := s.world.Services(cluster)
	if err != nil {
		return nil, err
	}
	v := services[slices.IndexFunc(services, func(v world.Service) bool { return names(name, v.ARN) })]
	account := s.world.Account()
	var list []serviceDeployment
	for _, d := range all {
		arn := "arn:aws:ecs:" + account.Region + ":" + account.ID + ":service-deployment/" + v.Cluster + "/" + v.Name + "/" + path.Base(d.ID)
		list = append(list, serviceDeployment{d, v, arn})
	}
	return list, nil
}

// status is that of the service deployment, which outlives the deployment.
func (d serviceDeployment) status() ecstypes.ServiceDeploymentStatus {
	current := d.service.Deployments[0].ID == d.ID
	switch {
	case d.RolledBack && d.service.Deployments[0].RolloutState == "IN_PROGRESS":
		return ecstypes.ServiceDeploymentStatusRollbackInProgress
	case d.RolledBack:
		return ecstypes.ServiceDeploymentStatusRollbackSuccessful
	case d.RolloutState == "COMPLETED":
		return ecstypes.ServiceDeploymentStatusSuccessful
	case current && d.RolloutState == "IN_PROGRESS":
		return ecstypes.ServiceDeploymentStatusInProgress
	}
	return ecstypes.ServiceDeploymentStatusStopped
}

// revision is the ARN of what a deployment deploys: the lab makes one for each deployment.
func (d serviceDeployment) revision() *string {
	return aws.String(strings.Replace(d.arn, ":service-deployment/", ":service-revision/", 1))
}

func (s ecsService) listServiceDeployments(in *ecs.ListServiceDeploymentsInput) (*ecs.ListServiceDeploymentsOutput, error) {
	all, err := s.serviceDeployments(aws.ToString(in.Cluster), aws.ToString(in.Service))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(d serviceDeployment) bool {
		return len(in.Status) > 0 && !slices.Contains(in.Status, d.status()) || in.CreatedAt != nil &&
			(in.CreatedAt.After != nil && d.Created.Before(*in.CreatedAt.After) || in.CreatedAt.Before != nil && d.Created.After(*in.CreatedAt.Before))
	})
	page := ecsPage(in.NextToken, in.MaxResults, 20)
	page.down = true
	found, next, err := cut(page, all, func(d serviceDeployment) string { return d.Created.UTC().Format(time.RFC3339Nano) + d.arn })
	if err != nil {
		return nil, err
	}
	out := &ecs.ListServiceDeploymentsOutput{NextToken: next, ServiceDeployments: []ecstypes.ServiceDeploymentBrief{}}
	for _, d := range found {
		out.ServiceDeployments = append(out.ServiceDeployments, ecstypes.ServiceDeploymentBrief{
			ServiceDeploymentArn: aws.String(d.arn), ServiceArn: aws.String(d.service.ARN), ClusterArn: aws.String(d.service.ClusterARN),
			CreatedAt: moment(d.Created), StartedAt: moment(d.Created), FinishedAt: moment(d.Finished),
			Status: d.status(), StatusReason: aws.String(d.RolloutReason), TargetServiceRevisionArn: d.revision(),
		})
	}
	return out, nil
}

// deploymentRef takes the ARN of a service deployment apart.
func deploymentRef(arn string) (cluster, service, id string, ok bool) {
	_, tail, _ := strings.Cut(arn, ":service-deployment/")
	parts := strings.Split(tail, "/")
	if len(parts) != 3 {
		return "", "", "", false
	}
	return parts[0], parts[1], "ecs-svc/" + parts[2], true
}

func (s ecsService) describeServiceDeployments(in *ecs.DescribeServiceDeploymentsInput) (*ecs.DescribeServiceDeploymentsOutput, error) {
	if err := between("ServiceDeploymentArns", in.ServiceDeploymentArns, 1, 20); err != nil {
		return nil, err
	}
	out := &ecs.DescribeServiceDeploymentsOutput{ServiceDeployments: []ecstypes.ServiceDeployment{}, Failures: []ecstypes.Failure{}}
	for _, arn := range in.ServiceDeploymentArns {
		cluster, name, _, _ := deploymentRef(arn)
		all, err := s.serviceDeployments(cluster, name)
		i := slices.IndexFunc(all, func(d serviceDeployment) bool { return d.arn == arn })
		if err != nil || i < 0 {
			out.Failures = append(out.Failures, ecstypes.Failure{Arn: aws.String(arn), Reason: aws.String("MISSING")})
			continue
		}
		d, service := all[i], ecsServiceOf(all[i].service)
		out.ServiceDeployments = append(out.ServiceDeployments, ecstypes.ServiceDeployment{
			ServiceDeploymentArn: aws.String(d.arn), ServiceArn: aws.String(d.service.ARN), ClusterArn: aws.String(d.service.ClusterARN),
			CreatedAt: moment(d.Created), StartedAt: moment(d.Created), UpdatedAt: moment(d.Updated), FinishedAt: moment(d.Finished),
			Status: d.status(), StatusReason: aws.String(d.RolloutReason), DeploymentConfiguration: service.DeploymentConfiguration,
			DeploymentCircuitBreaker: &ecstypes.ServiceDeploymentCircuitBreaker{FailureCount: int32(d.Failed), Status: d.breaker(), Threshold: int32(d.service.Threshold)},
			TargetServiceRevision: &ecstypes.ServiceRevisionSummary{
				Arn: d.revision(), RequestedTaskCount: int32(d.Desired), RunningTaskCount: int32(d.Running), PendingTaskCount: int32(d.Pending),
			},
		})
	}
	return out, nil
}

// breaker says what the circuit breaker has made of a deployment.
func (d serviceDeployment) breaker() ecstypes.ServiceDeploymentRollbackMonitorsStatus {
	switch {
	case !d.service.CircuitBreaker:
		return ecstypes.ServiceDeploymentRollbackMonitorsStatusDisabled
	case d.RolloutState == "FAILED":
		return ecstypes.ServiceDeploymentRollbackMonitorsStatusTriggered
	case d.RolloutState == "IN_PROGRESS" && d.Finished.IsZero():
		return ecstypes.ServiceDeploymentRollbackMonitorsStatusMonitoring
	}
	return ecstypes.ServiceDeploymentRollbackMonitorsStatusMonitoringComplete
}

func (s ecsService) stopServiceDeployment(in *ecs.StopServiceDeploymentInput) (*ecs.StopServiceDeploymentOutput, error) {
	cluster, name, id, ok := deploymentRef(aws.ToString(in.ServiceDeploymentArn))
	if !ok {
		return nil, protocol.Faultf("InvalidParameterException", "Invalid service deployment ARN.")
	}
	if in.StopType != "" && in.StopType != ecstypes.StopServiceDeploymentStopTypeRollback {
		return nil, protocol.Faultf("UnsupportedFeatureException", "The lab stops deployments by going back only.")
	}
	if err := s.world.StopDeployment(cluster, name, id); err != nil {
		return nil, err
	}
	return &ecs.StopServiceDeploymentOutput{ServiceDeploymentArn: in.ServiceDeploymentArn}, nil
}
