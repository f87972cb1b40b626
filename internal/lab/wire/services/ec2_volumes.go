package services

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/world"
)

const rootDevice = "/dev/xvda"

// volume is an EBS volume. The lab has root volumes only, which come and go with their instances.
type volume struct {
	id       string
	instance world.Instance
}

// rootVolume is the volume that an instance boots from, where it has one.
func rootVolume(i world.Instance) (volume, bool) {
	if i.RootDevice != "ebs" || i.State == world.Terminated {
		return volume{}, false
	}
	return volume{"vol-" + i.ID[len("i-"):], i}, true
}

var volumeFilters = filterable[volume]{values: map[string]func(volume) []string{
	"volume-id":              one(func(v volume) string { return v.id }),
	"availability-zone":      one(func(v volume) string { return v.instance.Zone }),
	"attachment.instance-id": one(func(v volume) string { return v.instance.ID }),
	"status":                 one(func(volume) string { return "in-use" }),
}}

func (s ec2Service) describeVolumes(in *ec2.DescribeVolumesInput) (*ec2.DescribeVolumesOutput, error) {
	var all []volume
	for _, i := range s.world.Instances() {
		if v, ok := rootVolume(i); ok {
			all = append(all, v)
		}
	}
	id := func(v volume) string { return v.id }
	found, err := byIDs(all, in.VolumeIds, id, noSuch("InvalidVolume.NotFound", "volume"))
	if err != nil {
		return nil, err
	}
	if found, err = volumeFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeVolumesOutput{NextToken: next, Volumes: []ec2types.Volume{}}
	for _, v := range found {
		out.Volumes = append(out.Volumes, ec2types.Volume{
			VolumeId:         aws.String(v.id),
			AvailabilityZone: aws.String(v.instance.Zone),
			CreateTime:       aws.Time(v.instance.Launched),
			Size:             aws.Int32(30),
			State:            ec2types.VolumeStateInUse,
			VolumeType:       ec2types.VolumeTypeGp3,
			Attachments: []ec2types.VolumeAttachment{{
				VolumeId:            aws.String(v.id),
				InstanceId:          aws.String(v.instance.ID),
				Device:              aws.String(rootDevice),
				AttachTime:          aws.Time(v.instance.Launched),
				DeleteOnTermination: aws.Bool(true),
				State:               ec2types.VolumeAttachmentStateAttached,
			}},
		})
	}
	return out, nil
}
