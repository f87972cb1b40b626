package loadspike

import (
	"context"
	"fmt"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/load"
)

// Plan makes one step, whose target is the load. It fails where the load does not grow by it.
func (s *LoadSpike) Plan(_ context.Context, env *cloud.Env, _ injectors.Scope) (*injectors.Plan, error) {
	l, err := load.Named(env.Loads, s.Load)
	if err != nil {
		return nil, err
	}
	name := s.Load
	if name == "" {
		for only := range env.Loads {
			name = only
		}
	}
	spec := l.Spec()
	shape, err := s.shape(spec.Rate)
	if err != nil {
		return nil, fmt.Errorf("load %q: %w", name, err)
	}
	step := &Step{Load: name, Rate: spec.Rate, Shape: shape}
	return &injectors.Plan{
		Steps:    []injectors.Step{step},
		Targets:  []injectors.Target{{ID: "load " + name}},
		Warnings: step.warnings(env, spec),
	}, nil
}
