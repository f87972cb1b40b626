// Package services is what the simulated account answers: one file per AWS service, and for the larger ones per
// family of calls.
//
// A call is a function from the SDK's Input to the SDK's Output, on data that package world keeps. To add one,
// write the function and name it in its service's operations, as a read or as a write:
//
//	read(s.describeNatGateways),
//	write(s.deleteNatGateway),
//
// Its wire format follows from the SDK's types. For EC2, names that do not follow the usual rule go into ec2names.go;
// a test sends every field of every call through the real SDK and finds those that are missing.
package services

import (
	"reflect"
	"strings"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// Service is one AWS service of the account, and how it is reached.
type Service struct {
	Name    string // as IAM has it: "elasticloadbalancing"
	Version string // of its API

	Query  protocol.Protocol // answers forms with Action and this Version; nil where the service has no such protocol
	JSON10 protocol.Protocol // answers X-Amz-Target with Shape, in JSON 1.0
	JSON11 protocol.Protocol // likewise in JSON 1.1
	CBOR   protocol.Protocol // answers /service/Shape/operation/Action
	Shape  string            // the service's modelled name; empty where none of the last three is spoken

	REST *protocol.RESTJSON // answers its routes, for whoever signs for Name; nil where it is not spoken

	Operations map[string]Operation
}

// Operation is one call.
type Operation struct {
	Name  string
	Write bool   // it changes the account
	IAM   string // the permission that it takes: "ec2:TerminateInstances"; empty where everybody may
	New   func() any

	// Handle gets what New made, filled in. It returns a pointer to an SDK output, or a *protocol.Fault.
	Handle func(in any) (any, error)

	// Resource is the ARN that a refusal for lack of permission names.
	Resource func(in any) string

	// Role is the ARN of a role that it hands to a service, which takes iam:PassRole; nil where it hands over none.
	Role func(in any) string
}

// All are the services of the account w, whose metrics are in m.
func All(w *world.World, m *metrics.Store) []*Service {
	all := []*Service{
		newSTS(w),
		newEC2(w),
		newAutoScaling(w),
		newApplicationScaling(w),
		newECS(w),
		newELB(w),
		newCloudWatch(w, m),
		newLogs(w),
		newResolver(w),
		newTagging(w),
	}
	return append(all, newScheduler(w, all))
}

// Words are the protocol in which the service says no to whoever does not come over the wire.
func (s *Service) Words() interface {
	Refuse(r protocol.Refusal, message string) *protocol.Fault
} {
	switch {
	case s.Query != nil:
		return s.Query
	case s.JSON11 != nil:
		return s.JSON11
	default:
		return s.REST
	}
}

// read is a call that changes nothing.
func read[I, O any](handle func(*I) (*O, error)) Operation {
	return operation(handle)
}

// write is a call that changes the account. A refusal names the resource, or "*" without one.
func write[I, O any](handle func(*I) (*O, error), resource ...func(*I) string) Operation {
	o := operation(handle)
	o.Write = true
	for _, arn := range resource {
		o.Resource = func(in any) string { return arn(in.(*I)) }
	}
	return o
}

func operation[I, O any](handle func(*I) (*O, error)) Operation {
	return Operation{
		Name:     strings.TrimSuffix(reflect.TypeFor[I]().Name(), "Input"),
		New:      func() any { return new(I) },
		Resource: func(any) string { return "*" },
		Handle: func(in any) (any, error) {
			out, err := handle(in.(*I))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// with adds operations, each under the permission of its own name.
func (s *Service) with(operations ...Operation) *Service {
	s.Operations = make(map[string]Operation, len(operations))
	for _, o := range operations {
		o.IAM = s.Name + ":" + o.Name
		s.Operations[o.Name] = o
	}
	return s
}
