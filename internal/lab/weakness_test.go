package lab

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/internal/lab/world"
)

func terminate(t *testing.T, l *Lab, id string) {
	t.Helper()
	if _, err := l.World.TerminateInstances([]string{id}); err != nil {
		t.Fatal(err)
	}
}

func TestSingleTaskIsOnTheOnlyInstanceThatMayBeKilled(t *testing.T) {
	t.Parallel()
	l := start(t, "single_task")
	var eligible []string
	for _, i := range l.World.Instances() {
		if i.Tags["chaos"] == "allowed" {
			eligible = append(eligible, i.ID)
		}
	}
	if !slices.Equal(eligible, []string{l.hosting(t, "conversations")}) || l.hosting(t, "search") == eligible[0] {
		t.Fatalf("eligible are %v, conversations runs on %s, search on %s", eligible, l.hosting(t, "conversations"), l.hosting(t, "search"))
	}
	u := visit(t, l, "/conversations/1", 3)
	terminate(t, l, eligible[0])
	eventually(t, "users notice", func() bool { return u.count("502")+u.count("503") > 50 })
	before := u.count("200")
	eventually(t, "it is back", func() bool { return u.count("200") > before+50 })
	u.stop()
}

func TestSlowHealthCheckGoesOnSendingToADeadTarget(t *testing.T) {
	t.Parallel()
	l := start(t, "slow_health_check")
	u := visit(t, l, "/conversations/1", 6)
	terminate(t, l, l.hosting(t, "conversations"))
	eventually(t, "users notice", func() bool { return u.count("502") > 0 })
	if n := l.healthy(t, "conversations"); n != 6 {
		t.Errorf("%d targets are healthy: the load balancer should not have noticed", n)
	}
	u.stop()
}

func TestNoDrainCostsRequestsUntilItIsNoticed(t *testing.T) {
	t.Parallel()
	l := start(t, "no_drain")
	u := visit(t, l, "/conversations/1", 6)
	terminate(t, l, l.hosting(t, "conversations"))
	eventually(t, "users notice", func() bool { return u.count("502") > 0 })
	u.stop()
}

func TestNoReplacementStaysAtFiveOfSix(t *testing.T) {
	t.Parallel()
	l := start(t, "no_replacement")
	terminate(t, l, l.hosting(t, "conversations"))
	eventually(t, "the task is lost", func() bool { return l.running(t, "conversations") == 5 })
	eventually(t, "the scheduler gives up", func() bool {
		services, err := l.World.Services("web")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(services, func(s world.Service) bool {
			return s.Name == "conversations" && strings.Contains(s.Events[0].Message, "unable to place")
		})
	})
	if n := len(slices.DeleteFunc(l.World.Instances(), func(i world.Instance) bool { return i.State != world.Running })); n != 5 {
		t.Errorf("%d instances run", n)
	}
}

func TestUnsteadyServiceFailsBeforeAnythingIsBroken(t *testing.T) {
	t.Parallel()
	l := start(t, "unsteady")
	u := visit(t, l, "/conversations/1", 6)
	eventually(t, "errors without a cause", func() bool { return u.count("500") > 0 })
	u.stop()
}

func TestSlowServiceIsSlowBeforeAnythingIsBroken(t *testing.T) {
	t.Parallel()
	l := start(t, "slow_service")
	u := visit(t, l, "/conversations/1", 20)
	eventually(t, "p99 exceeds three seconds", func() bool { return l.p99(t) > 3 })
	u.stop()
}

func TestNoMetricsAreNeverThere(t *testing.T) {
	t.Parallel()
	l := start(t, "no_metrics")
	u := visit(t, l, "/conversations/1", 2)
	begin := time.Now()
	eventually(t, "metrics would have been there", func() bool {
		return u.count("200") > 50 && time.Since(begin) > 2*(l.Metrics.Resolution()+l.Metrics.Delay())
	})
	u.stop()
	if all := l.Metrics.List("", "", nil); len(all) != 0 {
		t.Errorf("%d series", len(all))
	}
}

func TestAnUnknownWeaknessIsRefusedWithAGuess(t *testing.T) {
	_, err := Start(t.Context(), Options{Weaknesses: []string{"singel_task"}})
	if err == nil || !strings.Contains(err.Error(), `Did you mean "single_task"?`) {
		t.Errorf("got %v", err)
	}
}
