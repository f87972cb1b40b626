package main

import (
	"testing"

	labworld "gameday/internal/lab/world"
	"gameday/internal/labtest"
)

// TestDeadManSweep kills run and watchdog at all those moments, and nobody comes: AWS itself has to end the faults.
func TestDeadManSweep(t *testing.T) {
	onlySweeping(t)
	insured := []string{"dead_man=aws", "dead_man_role=arn:aws:iam::123456789012:role/gameday-dead-man"}
	cases := 0
	for _, at := range moments(t, insured...) {
		if at.before {
			continue // a call that was not made, after the one that was
		}
		cases++
		t.Run(at.String(), func(t *testing.T) {
			t.Parallel()
			s := newSweeping(t)
			s.die(t, at, true, insured...)
			defer func() {
				if t.Failed() {
					t.Logf("in effect: %q", s.inEffect())
				}
			}()
			labtest.Until(t, "AWS to end the fault", func() bool { return len(s.inEffect()) == 0 })
			s.rollback(t) // for what no single call could take back
			s.undone(t)
		})
	}
	t.Logf("killed %d times", cases)
}

// inEffect tells which of the faults are. What a run has made besides, and the tags it has left, do no harm.
func (s *sweeping) inEffect() []string {
	var hit []string
	for _, i := range s.lab.World.Instances() {
		if i.State != labworld.Running {
			hit = append(hit, i.ID+" is "+i.State)
		}
	}
	for _, n := range s.lab.World.Subnets() {
		if r, err := s.lab.World.Reach(n.ID, "news.example"); err != nil || !n.Public && !r.OK() {
			hit = append(hit, n.Tags["Name"]+" does not reach the news")
		}
	}
	const jobs = "service web/jobs"
	if was, is := s.before[jobs]["desired"], s.lab.Snapshot()[jobs]["desired"]; was != is {
		hit = append(hit, is+" jobs are wanted")
	}
	return hit
}
