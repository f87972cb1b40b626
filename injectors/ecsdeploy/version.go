package ecsdeploy

import (
	"fmt"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/injectors"
)

// Version is the part of a service that a deployment may change.
type Version struct {
	Definition string // family:revision
	Desired    *int   // tasks; nil where their number is nobody's business but the service's
}

// versionOf is what a service is set to, its number of tasks only where that matters.
func versionOf(s types.Service, counted bool) Version {
	v := Version{Definition: path.Base(aws.ToString(s.TaskDefinition))}
	if counted {
		v.Desired = aws.Int(int(s.DesiredCount))
	}
	return v
}

func (v Version) equals(other Version) bool {
	return v.Definition == other.Definition && (v.Desired == nil || other.Desired == nil || *v.Desired == *other.Desired)
}

func (v Version) String() string {
	if v.Desired == nil {
		return v.Definition
	}
	return fmt.Sprintf("%s with %s wanted", v.Definition, injectors.Counted(*v.Desired, "task"))
}

// input is the number of tasks as the API takes it.
func (v Version) input() *int32 {
	if v.Desired == nil {
		return nil
	}
	return aws.Int32(int32(*v.Desired))
}
