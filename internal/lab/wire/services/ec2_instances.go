package services

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// instanceStates are EC2's codes for the states of an instance.
var instanceStates = map[string]int32{
	world.Pending: 0, world.Running: 16, world.ShuttingDown: 32, world.Terminated: 48, world.Stopping: 64, world.Stopped: 80,
}

var instanceFilters = filterable[world.Instance]{
	tags: func(i world.Instance) map[string]string { return i.Tags },
	values: map[string]func(world.Instance) []string{
		"instance-id":                 one(func(i world.Instance) string { return i.ID }),
		"instance-type":               one(func(i world.Instance) string { return i.Type }),
		"instance-state-name":         one(func(i world.Instance) string { return i.State }),
		"instance-state-code":         one(func(i world.Instance) string { return fmt.Sprint(instanceStates[i.State]) }),
		"instance-lifecycle":          one(func(i world.Instance) string { return i.Lifecycle }),
		"availability-zone":           one(func(i world.Instance) string { return i.Zone }),
		"image-id":                    one(func(i world.Instance) string { return i.ImageID }),
		"private-ip-address":          one(func(i world.Instance) string { return i.PrivateIP }),
		"private-dns-name":            one(func(i world.Instance) string { return i.PrivateDNS }),
		"root-device-type":            one(func(i world.Instance) string { return i.RootDevice }),
		"subnet-id":                   one(func(i world.Instance) string { return i.SubnetID }),
		"vpc-id":                      one(func(i world.Instance) string { return i.VPCID }),
		"reservation-id":              one(func(i world.Instance) string { return reservationID(i) }),
		"state-reason-code":           one(func(i world.Instance) string { return i.StateReason }),
		"network-interface.subnet-id": one(func(i world.Instance) string { return i.SubnetID }),
	},
}

// noInstance is EC2's fault for instances that do not exist, or cannot.
func noInstance(ids []string) error {
	for _, id := range ids {
		if !instanceID.MatchString(id) {
			return protocol.Faultf("InvalidInstanceID.Malformed", "Invalid id: \"%s\"", id)
		}
	}
	return noSuch("InvalidInstanceID.NotFound", "instance ID")(ids)
}

var instanceID = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)

func (s ec2Service) instances(ids []string, filters []ec2types.Filter) ([]world.Instance, error) {
	found, err := byIDs(s.world.Instances(), ids, func(i world.Instance) string { return i.ID }, noInstance)
	if err != nil {
		return nil, err
	}
	return instanceFilters.apply(filters, found)
}

func (s ec2Service) describeInstances(in *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) {
	if len(in.InstanceIds) > 0 && in.MaxResults != nil {
		return nil, protocol.Faultf("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults")
	}
	found, err := s.instances(in.InstanceIds, in.Filters)
	if err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, func(i world.Instance) string { return i.ID })
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeInstancesOutput{NextToken: next, Reservations: []ec2types.Reservation{}}
	for _, i := range found {
		out.Reservations = append(out.Reservations, ec2types.Reservation{
			ReservationId: aws.String(reservationID(i)),
			OwnerId:       aws.String(s.world.Account().ID),
			Instances:     []ec2types.Instance{ec2Instance(i)},
		})
	}
	return out, nil
}

// reservationID is made up: each instance of the lab was launched by itself.
func reservationID(i world.Instance) string { return "r-" + i.ID[min(2, len(i.ID)):] }

func ec2Instance(i world.Instance) ec2types.Instance {
	out := ec2types.Instance{
		InstanceId:            aws.String(i.ID),
		AmiLaunchIndex:        aws.Int32(0),
		Architecture:          ec2types.ArchitectureValuesArm64,
		EbsOptimized:          aws.Bool(false),
		EnaSupport:            aws.Bool(true),
		Hypervisor:            ec2types.HypervisorTypeXen,
		ImageId:               aws.String(i.ImageID),
		InstanceLifecycle:     ec2types.InstanceLifecycleType(i.Lifecycle),
		InstanceType:          ec2types.InstanceType(i.Type),
		LaunchTime:            aws.Time(i.Launched),
		Monitoring:            &ec2types.Monitoring{State: ec2types.MonitoringStateDisabled},
		Placement:             &ec2types.Placement{AvailabilityZone: aws.String(i.Zone), Tenancy: ec2types.TenancyDefault},
		PlatformDetails:       aws.String("Linux/UNIX"),
		PrivateDnsName:        aws.String(i.PrivateDNS),
		PublicDnsName:         aws.String(""),
		RootDeviceName:        aws.String(rootDevice),
		RootDeviceType:        ec2types.DeviceType(i.RootDevice),
		State:                 ec2State(i.State),
		StateTransitionReason: aws.String(i.TransitionReason),
		Tags:                  ec2Tags(i.Tags),
		VirtualizationType:    ec2types.VirtualizationTypeHvm,
	}
	if v, ok := rootVolume(i); ok {
		out.BlockDeviceMappings = []ec2types.InstanceBlockDeviceMapping{{
			DeviceName: aws.String(rootDevice),
			Ebs: &ec2types.EbsInstanceBlockDevice{
				VolumeId:            aws.String(v.id),
				AttachTime:          aws.Time(i.Launched),
				DeleteOnTermination: aws.Bool(true),
				Status:              ec2types.AttachmentStatusAttached,
			},
		}}
	}
	if i.StateReason != "" {
		out.StateReason = &ec2types.StateReason{Code: aws.String(i.StateReason), Message: aws.String(i.StateReasonMessage)}
	}
	if i.State != world.Terminated { // a terminated instance has left its network
		out.VpcId, out.SubnetId = aws.String(i.VPCID), aws.String(i.SubnetID)
		out.PrivateIpAddress = aws.String(i.PrivateIP)
	}
	return out
}

func ec2State(name string) *ec2types.InstanceState {
	return &ec2types.InstanceState{Name: ec2types.InstanceStateName(name), Code: aws.Int32(instanceStates[name])}
}

func (s ec2Service) describeInstanceStatus(in *ec2.DescribeInstanceStatusInput) (*ec2.DescribeInstanceStatusOutput, error) {
	found, err := s.instances(in.InstanceIds, in.Filters)
	if err != nil {
		return nil, err
	}
	if !aws.ToBool(in.IncludeAllInstances) {
		found = slices.DeleteFunc(found, func(i world.Instance) bool { return i.State != world.Running })
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, func(i world.Instance) string { return i.ID })
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeInstanceStatusOutput{NextToken: next, InstanceStatuses: []ec2types.InstanceStatus{}}
	for _, i := range found {
		summary := &ec2types.InstanceStatusSummary{Status: ec2types.SummaryStatusNotApplicable}
		if i.State == world.Running {
			summary.Status = ec2types.SummaryStatusOk
			summary.Details = []ec2types.InstanceStatusDetails{{Name: ec2types.StatusNameReachability, Status: ec2types.StatusTypePassed}}
		}
		out.InstanceStatuses = append(out.InstanceStatuses, ec2types.InstanceStatus{
			InstanceId:       aws.String(i.ID),
			AvailabilityZone: aws.String(i.Zone),
			InstanceState:    ec2State(i.State),
			InstanceStatus:   summary,
			SystemStatus:     summary,
		})
	}
	return out, nil
}

func (s ec2Service) describeInstanceAttribute(in *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
	found, err := s.instances([]string{aws.ToString(in.InstanceId)}, nil)
	if err != nil {
		return nil, err
	}
	i := found[0]
	out := &ec2.DescribeInstanceAttributeOutput{InstanceId: aws.String(i.ID)}
	switch in.Attribute {
	case ec2types.InstanceAttributeNameDisableApiTermination:
		out.DisableApiTermination = &ec2types.AttributeBooleanValue{Value: aws.Bool(i.TerminationProtected)}
	case ec2types.InstanceAttributeNameDisableApiStop:
		out.DisableApiStop = &ec2types.AttributeBooleanValue{Value: aws.Bool(i.StopProtected)}
	case ec2types.InstanceAttributeNameInstanceType:
		out.InstanceType = &ec2types.AttributeValue{Value: aws.String(i.Type)}
	case ec2types.InstanceAttributeNameInstanceInitiatedShutdownBehavior:
		out.InstanceInitiatedShutdownBehavior = &ec2types.AttributeValue{Value: aws.String("stop")}
	default:
		return nil, protocol.Faultf("InvalidParameterValue", "Value (%s) for parameter attribute is invalid. Unknown attribute.", in.Attribute)
	}
	return out, nil
}

// modifyInstanceAttribute switches termination and stop protection.
func (s ec2Service) modifyInstanceAttribute(in *ec2.ModifyInstanceAttributeInput) (*ec2.ModifyInstanceAttributeOutput, error) {
	id := aws.ToString(in.InstanceId)
	if _, err := s.instances([]string{id}, nil); err != nil {
		return nil, err
	}
	if aws.ToBool(in.DryRun) {
		return nil, errDryRun
	}
	if p := in.DisableApiTermination; p != nil {
		if err := s.world.SetTerminationProtection(id, aws.ToBool(p.Value)); err != nil {
			return nil, err
		}
	}
	if p := in.DisableApiStop; p != nil {
		if err := s.world.SetStopProtection(id, aws.ToBool(p.Value)); err != nil {
			return nil, err
		}
	}
	return &ec2.ModifyInstanceAttributeOutput{}, nil
}

func (s ec2Service) terminateInstances(in *ec2.TerminateInstancesInput) (*ec2.TerminateInstancesOutput, error) {
	if err := only("UnsupportedOperation", in, "InstanceIds", "DryRun"); err != nil {
		return nil, err
	}
	if aws.ToBool(in.DryRun) {
		return nil, rehearse(s.world.CheckTerminate(in.InstanceIds))
	}
	changes, err := s.world.TerminateInstances(in.InstanceIds)
	return &ec2.TerminateInstancesOutput{TerminatingInstances: ec2Changes(changes)}, err
}

func (s ec2Service) stopInstances(in *ec2.StopInstancesInput) (*ec2.StopInstancesOutput, error) {
	if err := only("UnsupportedOperation", in, "InstanceIds", "DryRun", "Force", "SkipOsShutdown"); err != nil {
		return nil, err
	}
	if aws.ToBool(in.DryRun) {
		return nil, rehearse(s.world.CheckStop(in.InstanceIds))
	}
	changes, err := s.world.StopInstances(in.InstanceIds, aws.ToBool(in.Force) || aws.ToBool(in.SkipOsShutdown))
	return &ec2.StopInstancesOutput{StoppingInstances: ec2Changes(changes)}, err
}

func (s ec2Service) startInstances(in *ec2.StartInstancesInput) (*ec2.StartInstancesOutput, error) {
	if aws.ToBool(in.DryRun) {
		return nil, rehearse(s.world.CheckStart(in.InstanceIds))
	}
	changes, err := s.world.StartInstances(in.InstanceIds)
	return &ec2.StartInstancesOutput{StartingInstances: ec2Changes(changes)}, err
}

func (s ec2Service) rebootInstances(in *ec2.RebootInstancesInput) (*ec2.RebootInstancesOutput, error) {
	if aws.ToBool(in.DryRun) {
		return nil, rehearse(s.world.CheckReboot(in.InstanceIds))
	}
	return &ec2.RebootInstancesOutput{}, s.world.RebootInstances(in.InstanceIds)
}

// rehearse is the answer to a DryRun of a call that would end in err.
func rehearse(err error) error {
	if err != nil {
		return err
	}
	return errDryRun
}

// rehearsed is the answer to a call that ended in err, where it may have been a rehearsal that has changed nothing.
func rehearsed(dry *bool, err error) error {
	if aws.ToBool(dry) {
		return rehearse(err)
	}
	return err
}

func ec2Changes(changes []world.StateChange) []ec2types.InstanceStateChange {
	list := make([]ec2types.InstanceStateChange, 0, len(changes))
	for _, c := range changes {
		list = append(list, ec2types.InstanceStateChange{
			InstanceId:    aws.String(c.InstanceID),
			PreviousState: ec2State(c.Previous),
			CurrentState:  ec2State(c.Current),
		})
	}
	return list
}
