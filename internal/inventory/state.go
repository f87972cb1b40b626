package inventory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// state says what the tasks of a definition keep that does not go away with them, one entry a volume.
//
// A volume that every container mounts read-only holds nothing of the task's own. Neither does a bind mount without
// a path, which is scratch space of one task, nor one of the instance's own directories, as agents mount them.
func state(d *types.TaskDefinition, daemon bool) []string {
	var kept []string
	for _, v := range d.Volumes {
		what := kind(v)
		if what == "" || readOnly(d, aws.ToString(v.Name)) {
			continue
		}
		if daemon && v.Host != nil {
			what += " (a daemon: no other instance has a copy)"
		}
		kept = append(kept, what)
	}
	return kept
}

// kind names the volume if it can hold state, and is empty if it cannot.
func kind(v types.Volume) string {
	name := aws.ToString(v.Name)
	switch {
	case v.EfsVolumeConfiguration != nil:
		return fmt.Sprintf("EFS volume %q (%s)", name, aws.ToString(v.EfsVolumeConfiguration.FileSystemId))
	case v.FsxWindowsFileServerVolumeConfiguration != nil:
		return fmt.Sprintf("FSx volume %q (%s)", name, aws.ToString(v.FsxWindowsFileServerVolumeConfiguration.FileSystemId))
	case v.S3filesVolumeConfiguration != nil:
		return fmt.Sprintf("S3 Files volume %q", name)
	case v.DockerVolumeConfiguration != nil:
		return fmt.Sprintf("docker volume %q", name)
	case aws.ToBool(v.ConfiguredAtLaunch):
		return fmt.Sprintf("EBS volume %q", name)
	case v.Host != nil && aws.ToString(v.Host.SourcePath) != "" && !systemPath(*v.Host.SourcePath):
		return fmt.Sprintf("host volume %q (%s)", name, *v.Host.SourcePath)
	}
	return ""
}

// systemPath reports whether a path belongs to the instance's operating system: nothing that a task would lose.
func systemPath(path string) bool {
	own := []string{"/proc", "/sys", "/dev", "/run", "/var/run", "/cgroup", "/etc"}
	return slices.ContainsFunc(own, func(dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") })
}

// readOnly reports whether the volume is mounted, and never for writing.
func readOnly(d *types.TaskDefinition, volume string) bool {
	mounted := false
	for _, c := range d.ContainerDefinitions {
		for _, m := range c.MountPoints {
			if aws.ToString(m.SourceVolume) != volume {
				continue
			}
			if !aws.ToBool(m.ReadOnly) {
				return false
			}
			mounted = true
		}
	}
	return mounted
}
