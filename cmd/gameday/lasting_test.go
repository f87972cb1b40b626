package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/reports"
)

// bystander acts once the first fault is in effect.
type bystander struct{ act func() }

func (b bystander) Log(_ time.Time, text string) {
	if strings.HasSuffix(text, "is in effect") {
		b.act()
	}
}

func (bystander) Status(experiments.Status) {}

// TestAFaultThatSomebodyElseEndsProvesNothing has somebody put everything back, to the very state before, while the run believes in
// its fault.
func TestAFaultThatSomebodyElseEndsProvesNothing(t *testing.T) {
	t.Parallel()
	change := func(change func(*testing.T, *sweeping, *cloud.Env) func()) func(*testing.T, *sweeping, *cloud.Env) {
		return func(t *testing.T, s *sweeping, env *cloud.Env) { change(t, s, env)() }
	}
	cases := map[string]func(*testing.T, *sweeping, *cloud.Env){
		"routes":  change(otherTable),
		"packets": change(otherACL("private-b")),
		"address": change(otherACL("private-c")),
		"more":    change(otherCount),
		"one": func(t *testing.T, s *sweeping, _ *cloud.Env) {
			if _, err := s.lab.World.StartInstances([]string{s.lab.World.Instances()[0].ID}); err != nil {
				t.Error(err)
			}
		},
		"name": func(t *testing.T, s *sweeping, _ *cloud.Env) {
			for _, a := range s.lab.World.RuleGroupAssociations() {
				if _, err := s.lab.World.DisassociateRuleGroup(a.ID); err != nil {
					t.Error(err)
				}
			}
		},
	}
	for inject, mend := range cases {
		t.Run(inject, func(t *testing.T) {
			t.Parallel()
			s := newSweeping(t)
			plan := s.plan(t, s.env(t), inject)
			somebody := labtest.As(t, s.lab, wire.OtherKey)
			watched := bystander{sync.OnceFunc(func() { mend(t, s, somebody) })}
			r, err := experiments.Run(t.Context(), s.env(t), plan, experiments.RunOptions{ID: "run-1", Dir: s.played(), Observe: watched})
			if err != nil {
				t.Fatal(err)
			}
			if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "step 1 was no longer in effect when it was to be undone") {
				t.Errorf("%s", r.Sentence)
			}
			s.restored(t)
		})
	}
}

// TestWhatLostItsMarkIsNotCalledUndone has a janitor of tags at work while an instance is stopped: its undo finds nothing of this run's.
func TestWhatLostItsMarkIsNotCalledUndone(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	plan, env := s.plan(t, s.env(t), "one"), s.env(t)
	env.Undo = time.Second
	instance := s.lab.World.Instances()[0].ID
	janitor := ec2.NewFromConfig(labtest.As(t, s.lab, wire.OtherKey).AWS)
	untag := func() {
		if _, err := janitor.DeleteTags(t.Context(), &ec2.DeleteTagsInput{Resources: []string{instance}, Tags: []types.Tag{{Key: aws.String(cloud.RunTag)}}}); err != nil {
			t.Error(err)
		}
	}
	r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run-1", Dir: s.played(), Observe: bystander{sync.OnceFunc(untag)}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != reports.NotRolledBack || !strings.Contains(r.Sentence, "still in effect") {
		t.Errorf("%s", r.Sentence)
	}
}
