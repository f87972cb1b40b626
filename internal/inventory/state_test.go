package inventory

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func TestWhatHoldsState(t *testing.T) {
	host := func(path string) types.Volume {
		return types.Volume{Name: aws.String("v"), Host: &types.HostVolumeProperties{SourcePath: aws.String(path)}}
	}
	docker := types.Volume{Name: aws.String("v"), DockerVolumeConfiguration: &types.DockerVolumeConfiguration{}}
	tests := []struct {
		name     string
		volume   types.Volume
		readOnly []bool // one mount each
		daemon   bool
		want     string // a part of what is kept; "" for nothing
	}{
		{name: "EFS", volume: types.Volume{Name: aws.String("v"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{FileSystemId: aws.String("fs-1")}}, want: `EFS volume "v" (fs-1)`},
		{name: "EBS", volume: types.Volume{Name: aws.String("v"), ConfiguredAtLaunch: aws.Bool(true)}, want: `EBS volume "v"`},
		{name: "docker", volume: docker, want: `docker volume "v"`},
		{name: "FSx", volume: types.Volume{Name: aws.String("v"), FsxWindowsFileServerVolumeConfiguration: &types.FSxWindowsFileServerVolumeConfiguration{}}, want: "FSx"},
		{name: "a directory of the instance", volume: host("/data"), want: `host volume "v" (/data)`},
		{name: "that a daemon writes to", volume: host("/data"), daemon: true, want: "no other instance has a copy"},
		{name: "the operating system's own", volume: host("/var/run/docker.sock")},
		{name: "that only begins like it", volume: host("/devices"), want: "/devices"},
		{name: "scratch space", volume: types.Volume{Name: aws.String("v"), Host: &types.HostVolumeProperties{}}},
		{name: "mounted for reading alone", volume: docker, readOnly: []bool{true, true}},
		{name: "mounted for writing by one", volume: docker, readOnly: []bool{true, false}, want: "docker"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &types.TaskDefinition{Volumes: []types.Volume{test.volume}}
			for _, only := range test.readOnly {
				d.ContainerDefinitions = append(d.ContainerDefinitions, types.ContainerDefinition{
					MountPoints: []types.MountPoint{{SourceVolume: aws.String("v"), ReadOnly: aws.Bool(only)}},
				})
			}
			got := strings.Join(state(d, test.daemon), "; ")
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("kept %q, want %q", got, test.want)
			}
		})
	}
}
