package services

import (
	"fmt"
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

func (s ecsService) listTaskDefinitions(in *ecs.ListTaskDefinitionsInput) (*ecs.ListTaskDefinitionsOutput, error) {
	all := s.world.TaskDefinitions()
	status := in.Status
	if status == "" {
		status = ecstypes.TaskDefinitionStatusActive
	}
	all = slices.DeleteFunc(all, func(d world.TaskDefinition) bool {
		return d.Status != string(status) || in.FamilyPrefix != nil && d.Family != *in.FamilyPrefix
	})
	page := ecsPage(in.NextToken, in.MaxResults, 100)
	page.down = in.Sort == ecstypes.SortOrderDesc
	found, next, err := cut(page, all, func(d world.TaskDefinition) string { return fmt.Sprintf("%s:%09d", d.Family, d.Revision) })
	if err != nil {
		return nil, err
	}
	out := &ecs.ListTaskDefinitionsOutput{NextToken: next, TaskDefinitionArns: []string{}}
	for _, d := range found {
		out.TaskDefinitionArns = append(out.TaskDefinitionArns, d.ARN)
	}
	return out, nil
}

func (s ecsService) describeTaskDefinition(in *ecs.DescribeTaskDefinitionInput) (*ecs.DescribeTaskDefinitionOutput, error) {
	d, err := s.world.TaskDefinition(aws.ToString(in.TaskDefinition))
	if err != nil {
		return nil, err
	}
	out := &ecstypes.TaskDefinition{
		TaskDefinitionArn:       aws.String(d.ARN),
		Family:                  aws.String(d.Family),
		Revision:                int32(d.Revision),
		Status:                  ecstypes.TaskDefinitionStatus(d.Status),
		NetworkMode:             ecstypes.NetworkMode(d.NetworkMode),
		Cpu:                     aws.String(strconv.Itoa(d.CPU)),
		Memory:                  aws.String(strconv.Itoa(d.Memory)),
		RegisteredAt:            moment(d.Created),
		Compatibilities:         []ecstypes.Compatibility{ecstypes.Compatibility(d.Launch)},
		RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.Compatibility(d.Launch)},
		ContainerDefinitions:    []ecstypes.ContainerDefinition{},
		PlacementConstraints:    []ecstypes.TaskDefinitionPlacementConstraint{},
		Volumes:                 []ecstypes.Volume{},
	}
	for _, c := range d.Containers {
		out.ContainerDefinitions = append(out.ContainerDefinitions, ecsContainerDefinition(c))
	}
	for _, v := range d.Volumes {
		out.Volumes = append(out.Volumes, ecsVolume(v))
	}
	return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: out, Tags: []ecstypes.Tag{}}, nil
}

func ecsContainerDefinition(c world.ContainerDefinition) ecstypes.ContainerDefinition {
	out := ecstypes.ContainerDefinition{
		Name:         aws.String(c.Name),
		Image:        aws.String(c.Image),
		Command:      c.Command,
		Cpu:          int32(c.CPU),
		Memory:       number(c.Memory),
		Essential:    aws.Bool(true),
		StopTimeout:  wholeSeconds(c.StopTimeout),
		Environment:  []ecstypes.KeyValuePair{},
		MountPoints:  []ecstypes.MountPoint{},
		PortMappings: []ecstypes.PortMapping{},
		VolumesFrom:  []ecstypes.VolumeFrom{},
	}
	if c.Port != 0 {
		out.PortMappings = append(out.PortMappings, ecstypes.PortMapping{
			ContainerPort: number(c.Port), HostPort: number(c.HostPort), Protocol: ecstypes.TransportProtocolTcp,
		})
	}
	for _, name := range sortedKeys(c.Environment) {
		out.Environment = append(out.Environment, ecstypes.KeyValuePair{Name: aws.String(name), Value: aws.String(c.Environment[name])})
	}
	for _, volume := range sortedKeys(c.Mounts) {
		out.MountPoints = append(out.MountPoints, ecstypes.MountPoint{
			SourceVolume: aws.String(volume), ContainerPath: aws.String(c.Mounts[volume]), ReadOnly: aws.Bool(false),
		})
	}
	return out
}

func ecsVolume(v world.Volume) ecstypes.Volume {
	out := ecstypes.Volume{Name: aws.String(v.Name)}
	switch v.Kind {
	case world.VolumeEFS:
		out.EfsVolumeConfiguration = &ecstypes.EFSVolumeConfiguration{FileSystemId: aws.String(v.ID), RootDirectory: aws.String("/")}
	case world.VolumeEBS:
		out.ConfiguredAtLaunch = aws.Bool(true)
	case world.VolumeDocker:
		out.DockerVolumeConfiguration = &ecstypes.DockerVolumeConfiguration{
			Driver: aws.String(v.ID), Scope: ecstypes.ScopeShared, Autoprovision: aws.Bool(true),
		}
	case world.VolumeHost:
		out.Host = &ecstypes.HostVolumeProperties{SourcePath: aws.String(v.ID)}
	}
	return out
}
