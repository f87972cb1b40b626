package services

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

func (s ecsService) listTasks(in *ecs.ListTasksInput) (*ecs.ListTasksOutput, error) {
	if err := only("InvalidParameterException", in, "Cluster", "ServiceName", "ContainerInstance", "DesiredStatus",
		"LaunchType", "Family", "StartedBy", "MaxResults", "NextToken"); err != nil {
		return nil, err
	}
	tasks, err := s.world.Tasks(aws.ToString(in.Cluster))
	if err != nil {
		return nil, err
	}
	if err := s.checkTaskFilters(in); err != nil {
		return nil, err
	}
	tasks = slices.DeleteFunc(tasks, func(t world.Task) bool { return !listed(in, t) })
	page, next, err := cut(ecsPage(in.NextToken, in.MaxResults, 100), tasks, func(t world.Task) string { return t.ARN })
	if err != nil {
		return nil, err
	}
	out := &ecs.ListTasksOutput{NextToken: next, TaskArns: []string{}}
	for _, t := range page {
		out.TaskArns = append(out.TaskArns, t.ARN)
	}
	return out, nil
}

// checkTaskFilters refuses to filter by what does not exist.
func (s ecsService) checkTaskFilters(in *ecs.ListTasksInput) error {
	if in.ServiceName != nil {
		all, err := s.world.Services(aws.ToString(in.Cluster))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(v world.Service) bool { return names(*in.ServiceName, v.ARN) }) {
			return protocol.Faultf("ServiceNotFoundException", "Service not found.")
		}
	}
	return nil
}

// listed says whether ListTasks shows a task: by default those that ought to run.
func listed(in *ecs.ListTasksInput, t world.Task) bool {
	desired := in.DesiredStatus
	if desired == "" {
		desired = ecstypes.DesiredStatusRunning
	}
	return t.DesiredStatus == string(desired) &&
		(in.ServiceName == nil || t.Service == path.Base(*in.ServiceName)) &&
		(in.ContainerInstance == nil || names(*in.ContainerInstance, t.ContainerInstance)) &&
		(in.LaunchType == "" || t.Launch == string(in.LaunchType)) &&
		(in.StartedBy == nil || t.StartedBy == *in.StartedBy) &&
		(in.Family == nil || familyOf(t.TaskDefinition) == *in.Family)
}

// familyOf cuts the family out of a task definition's ARN.
func familyOf(arn string) string {
	family, _, _ := strings.Cut(path.Base(arn), ":")
	return family
}

func (s ecsService) describeTasks(in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	if err := between("Tasks", in.Tasks, 1, 100); err != nil {
		return nil, err
	}
	tasks, err := s.world.Tasks(aws.ToString(in.Cluster))
	if err != nil {
		return nil, err
	}
	found, missing := lookup(tasks, in.Tasks,
		func(t world.Task) string { return t.ARN },
		func(ref string) string { return s.arn("task", in.Cluster, ref) })
	out := &ecs.DescribeTasksOutput{Tasks: []ecstypes.Task{}, Failures: missing}
	for _, t := range found {
		out.Tasks = append(out.Tasks, ecsTask(t))
	}
	return out, nil
}

func (s ecsService) stopTask(in *ecs.StopTaskInput) (*ecs.StopTaskOutput, error) {
	t, err := s.world.StopTask(aws.ToString(in.Cluster), aws.ToString(in.Task), aws.ToString(in.Reason))
	if err != nil {
		return nil, err
	}
	task := ecsTask(t)
	return &ecs.StopTaskOutput{Task: &task}, nil
}

func ecsTask(t world.Task) ecstypes.Task {
	out := ecstypes.Task{
		TaskArn:              aws.String(t.ARN),
		ClusterArn:           aws.String(t.ClusterARN),
		TaskDefinitionArn:    aws.String(t.TaskDefinition),
		ContainerInstanceArn: optional(t.ContainerInstance),
		CapacityProviderName: optional(t.CapacityProvider),
		AvailabilityZone:     optional(t.Zone),
		Group:                optional(t.Group),
		StartedBy:            optional(t.StartedBy),
		LaunchType:           ecstypes.LaunchType(t.Launch),
		LastStatus:           aws.String(t.LastStatus),
		DesiredStatus:        aws.String(t.DesiredStatus),
		HealthStatus:         ecstypes.HealthStatus(t.Health),
		StopCode:             ecstypes.TaskStopCode(t.StopCode),
		StoppedReason:        optional(t.StoppedReason),
		Cpu:                  aws.String(strconv.Itoa(t.CPU)),
		Memory:               aws.String(strconv.Itoa(t.Memory)),
		CreatedAt:            moment(t.Created),
		PullStartedAt:        moment(t.PullStarted),
		PullStoppedAt:        moment(t.PullStopped),
		StartedAt:            moment(t.Started),
		StoppingAt:           moment(t.Stopping),
		ExecutionStoppedAt:   moment(t.ExecutionStopped),
		StoppedAt:            moment(t.Stopped),
		Attachments:          ecsAttachments(t),
		Attributes:           []ecstypes.Attribute{},
		Containers:           []ecstypes.Container{ecsContainer(t)},
		Overrides:            &ecstypes.TaskOverride{ContainerOverrides: []ecstypes.ContainerOverride{}},
		Tags:                 []ecstypes.Tag{},
		Version:              t.Version,
	}
	if !t.Started.IsZero() {
		out.Connectivity, out.ConnectivityAt = ecstypes.ConnectivityConnected, moment(t.Started)
	}
	return out
}

func ecsContainer(t world.Task) ecstypes.Container {
	c := t.Container
	out := ecstypes.Container{
		ContainerArn:      optional(c.ARN),
		TaskArn:           aws.String(t.ARN),
		Name:              aws.String(c.Name),
		Image:             aws.String(c.Image),
		RuntimeId:         optional(c.RuntimeID),
		LastStatus:        aws.String(c.LastStatus),
		HealthStatus:      ecstypes.HealthStatusUnknown,
		Reason:            optional(c.Reason),
		Cpu:               aws.String(strconv.Itoa(c.CPU)),
		Memory:            aws.String(strconv.Itoa(c.Memory)),
		NetworkBindings:   []ecstypes.NetworkBinding{},
		NetworkInterfaces: []ecstypes.NetworkInterface{},
	}
	if c.ExitCode != nil {
		out.ExitCode = number(*c.ExitCode)
	}
	if c.HostPort != 0 && t.AttachmentID == "" {
		out.NetworkBindings = append(out.NetworkBindings, ecstypes.NetworkBinding{
			BindIP: aws.String("0.0.0.0"), ContainerPort: number(c.Port), HostPort: number(c.HostPort), Protocol: ecstypes.TransportProtocolTcp,
		})
	}
	if t.AttachmentID != "" {
		out.NetworkInterfaces = append(out.NetworkInterfaces, ecstypes.NetworkInterface{
			AttachmentId: aws.String(t.AttachmentID), PrivateIpv4Address: optional(t.PrivateIP),
		})
	}
	return out
}

// ecsAttachments is the network interface of a task in awsvpc mode.
func ecsAttachments(t world.Task) []ecstypes.Attachment {
	if t.AttachmentID == "" {
		return []ecstypes.Attachment{}
	}
	status := "ATTACHED"
	switch t.LastStatus {
	case world.TaskProvisioning:
		status = "ATTACHING"
	case world.TaskStopped:
		status = "DELETED"
	}
	return []ecstypes.Attachment{{
		Id:     aws.String(t.AttachmentID),
		Type:   aws.String("ElasticNetworkInterface"),
		Status: aws.String(status),
		Details: []ecstypes.KeyValuePair{
			{Name: aws.String("subnetId"), Value: aws.String(t.SubnetID)},
			{Name: aws.String("networkInterfaceId"), Value: aws.String(t.InterfaceID)},
			{Name: aws.String("privateIPv4Address"), Value: aws.String(t.PrivateIP)},
		},
	}}
}
