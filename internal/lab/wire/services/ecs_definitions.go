package services

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

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
	out := &ecs.DescribeTaskDefinitionOutput{TaskDefinition: ecsDefinition(d), Tags: []ecstypes.Tag{}}
	if slices.Contains(in.Include, ecstypes.TaskDefinitionFieldTags) {
		out.Tags = ecsTags(d.Tags)
	}
	return out, nil
}

func ecsDefinition(d world.TaskDefinition) *ecstypes.TaskDefinition {
	out := &ecstypes.TaskDefinition{
		TaskDefinitionArn:       aws.String(d.ARN),
		Family:                  aws.String(d.Family),
		Revision:                int32(d.Revision),
		Status:                  ecstypes.TaskDefinitionStatus(d.Status),
		NetworkMode:             ecstypes.NetworkMode(d.NetworkMode),
		Cpu:                     aws.String(strconv.Itoa(d.CPU)),
		Memory:                  aws.String(strconv.Itoa(d.Memory)),
		RegisteredAt:            moment(d.Created),
		DeregisteredAt:          moment(d.Deregistered),
		TaskRoleArn:             optional(d.TaskRole),
		ExecutionRoleArn:        optional(d.ExecutionRole),
		Compatibilities:         []ecstypes.Compatibility{ecstypes.Compatibility(d.Launch)},
		RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.Compatibility(d.Launch)},
		ContainerDefinitions:    []ecstypes.ContainerDefinition{},
		PlacementConstraints:    []ecstypes.TaskDefinitionPlacementConstraint{},
		Volumes:                 []ecstypes.Volume{},
	}
	for _, c := range d.Containers {
		out.ContainerDefinitions = append(out.ContainerDefinitions, ecsContainerDefinition(c, regionOf(d.ARN)))
	}
	for _, v := range d.Volumes {
		out.Volumes = append(out.Volumes, ecsVolume(v))
	}
	return out
}

func ecsContainerDefinition(c world.ContainerDefinition, region string) ecstypes.ContainerDefinition {
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
	if c.LogGroup != "" {
		out.LogConfiguration = &ecstypes.LogConfiguration{LogDriver: ecstypes.LogDriverAwslogs, Options: map[string]string{
			"awslogs-group": c.LogGroup, "awslogs-region": region, "awslogs-stream-prefix": c.LogPrefix,
		}}
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

// regionOf is the fourth part of an ARN.
func regionOf(arn string) string { return strings.Split(arn, ":")[3] }

func (s ecsService) listTaskDefinitionFamilies(in *ecs.ListTaskDefinitionFamiliesInput) (*ecs.ListTaskDefinitionFamiliesOutput, error) {
	status := in.Status
	if status == "" {
		status = ecstypes.TaskDefinitionFamilyStatusAll
	}
	active := map[string]bool{} // by family: whether one of its revisions is
	for _, d := range s.world.TaskDefinitions() {
		active[d.Family] = active[d.Family] || d.Status == "ACTIVE"
	}
	var all []string
	for family, is := range active {
		if strings.HasPrefix(family, aws.ToString(in.FamilyPrefix)) && (status == ecstypes.TaskDefinitionFamilyStatusAll || is == (status == ecstypes.TaskDefinitionFamilyStatusActive)) {
			all = append(all, family)
		}
	}
	page, next, err := cut(ecsPage(in.NextToken, in.MaxResults, 100), all, func(family string) string { return family })
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionFamiliesOutput{NextToken: next, Families: append([]string{}, page...)}, nil
}

func (s ecsService) registerTaskDefinition(in *ecs.RegisterTaskDefinitionInput) (*ecs.RegisterTaskDefinitionOutput, error) {
	if err := only("ClientException", in, "Family", "ContainerDefinitions", "Cpu", "Memory", "NetworkMode", "RequiresCompatibilities", "TaskRoleArn",
		"ExecutionRoleArn", "Tags", "Volumes", "PlacementConstraints", "RuntimePlatform"); err != nil {
		return nil, err
	}
	d := world.TaskDefinition{
		Family: aws.ToString(in.Family), NetworkMode: string(in.NetworkMode), Launch: "EC2",
		TaskRole: aws.ToString(in.TaskRoleArn), ExecutionRole: aws.ToString(in.ExecutionRoleArn), Tags: map[string]string{},
	}
	if d.NetworkMode == "" {
		d.NetworkMode = "bridge"
	}
	if slices.Contains(in.RequiresCompatibilities, ecstypes.CompatibilityFargate) {
		d.Launch = "FARGATE"
	}
	for _, t := range in.Tags {
		d.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	for _, v := range in.Volumes {
		d.Volumes = append(d.Volumes, volumeOf(v))
	}
	for _, c := range in.ContainerDefinitions {
		definition, err := containerOf(c)
		if err != nil {
			return nil, err
		}
		d.Containers = append(d.Containers, definition)
		d.CPU, d.Memory = d.CPU+definition.CPU, d.Memory+definition.Memory
	}
	if err := whole(in.Cpu, "cpu", &d.CPU); err != nil {
		return nil, err
	}
	if err := whole(in.Memory, "memory", &d.Memory); err != nil {
		return nil, err
	}
	made, err := s.world.RegisterTaskDefinition(d)
	if err != nil {
		return nil, err
	}
	return &ecs.RegisterTaskDefinitionOutput{TaskDefinition: ecsDefinition(made), Tags: ecsTags(made.Tags)}, nil
}

// whole reads a number that ECS takes as a string; nil leaves what there is.
func whole(given *string, what string, into *int) error {
	if given == nil {
		return nil
	}
	n, err := strconv.Atoi(*given)
	if err != nil {
		return protocol.Faultf("ClientException", "Invalid '%s' setting for task.", what)
	}
	*into = n
	return nil
}

// containerOf reads a container's definition, as describeTaskDefinition tells it.
func containerOf(c ecstypes.ContainerDefinition) (world.ContainerDefinition, error) {
	err := only("ClientException", &c, "Name", "Image", "Command", "Cpu", "Memory", "MemoryReservation", "Essential", "StopTimeout", "Environment",
		"MountPoints", "PortMappings", "VolumesFrom", "LogConfiguration", "SystemControls")
	d := world.ContainerDefinition{
		Name: aws.ToString(c.Name), Image: aws.ToString(c.Image), Command: c.Command, CPU: int(c.Cpu), Memory: int(aws.ToInt32(c.Memory)),
		StopTimeout: time.Duration(aws.ToInt32(c.StopTimeout)) * time.Second, Environment: map[string]string{}, Mounts: map[string]string{},
	}
	for _, p := range c.PortMappings {
		d.Port, d.HostPort = int(aws.ToInt32(p.ContainerPort)), int(aws.ToInt32(p.HostPort))
	}
	for _, e := range c.Environment {
		d.Environment[aws.ToString(e.Name)] = aws.ToString(e.Value)
	}
	for _, m := range c.MountPoints {
		d.Mounts[aws.ToString(m.SourceVolume)] = aws.ToString(m.ContainerPath)
	}
	if l := c.LogConfiguration; l != nil {
		if l.LogDriver != ecstypes.LogDriverAwslogs {
			return d, protocol.Faultf("ClientException", "The lab has no log driver %s.", l.LogDriver)
		}
		d.LogGroup, d.LogPrefix = l.Options["awslogs-group"], l.Options["awslogs-stream-prefix"]
	}
	return d, err
}

// volumeOf reads a volume, as describeTaskDefinition tells it.
func volumeOf(v ecstypes.Volume) world.Volume {
	out := world.Volume{Name: aws.ToString(v.Name), Kind: world.VolumeHost}
	switch {
	case v.EfsVolumeConfiguration != nil:
		out.Kind, out.ID = world.VolumeEFS, aws.ToString(v.EfsVolumeConfiguration.FileSystemId)
	case aws.ToBool(v.ConfiguredAtLaunch):
		out.Kind = world.VolumeEBS
	case v.DockerVolumeConfiguration != nil:
		out.Kind, out.ID = world.VolumeDocker, aws.ToString(v.DockerVolumeConfiguration.Driver)
	case v.Host != nil:
		out.ID = aws.ToString(v.Host.SourcePath)
	}
	return out
}

func (s ecsService) deregisterTaskDefinition(in *ecs.DeregisterTaskDefinitionInput) (*ecs.DeregisterTaskDefinitionOutput, error) {
	if !strings.Contains(aws.ToString(in.TaskDefinition)[strings.LastIndex(aws.ToString(in.TaskDefinition), "/")+1:], ":") {
		return nil, protocol.Faultf("InvalidParameterException", "A task definition family must be followed by a revision to be deregistered.")
	}
	d, err := s.world.DeregisterTaskDefinition(aws.ToString(in.TaskDefinition))
	if err != nil {
		return nil, err
	}
	return &ecs.DeregisterTaskDefinitionOutput{TaskDefinition: ecsDefinition(d)}, nil
}
