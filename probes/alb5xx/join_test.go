package alb5xx

import (
	"testing"
	"time"

	"gameday/internal/metrics"
	"gameday/probes"
)

var minute = metrics.Window{
	From:   time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	To:     time.Date(2026, 11, 23, 10, 1, 0, 0, time.UTC),
	Period: time.Minute,
}

// one is a count of n in that minute; absent is none.
func one(n float64) metrics.Points { return metrics.Points{minute.From: n} }

var absent metrics.Points

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name                                             string
		source                                           string
		requests, target, balancer, balancer500, noTasks metrics.Points
		errors, of                                       float64 // of = 0: no reading
	}{
		{"no traffic, or not arrived", byBoth, absent, absent, absent, absent, absent, 0, 0},
		{"no 5xx among requests is zero", byBoth, one(200), absent, absent, absent, absent, 0, 200},
		{"targets answered with errors", byBoth, one(200), one(3), absent, absent, absent, 3, 200},
		{"a target reset its connections: they had been sent to one", byBoth, one(200), absent, one(5), absent, absent, 5, 200},
		{"both", byBoth, one(200), one(3), one(5), absent, absent, 8, 200},
		{"some were refused before a target was chosen", byBoth, one(150), absent, one(50), absent, one(50), 50, 200},
		{"some reset, some refused, some internal", byBoth, one(140), one(2), one(65), one(10), one(50), 67, 200},
		{"all were refused: they are in no RequestCount", byBoth, absent, absent, one(50), absent, one(50), 50, 50},
		{"all were refused, and CloudWatch does not say why", byBoth, absent, absent, one(50), absent, absent, 50, 50},
		{"more errors than requests: the rest began a moment earlier", byBoth, one(2), one(1), one(4), absent, absent, 5, 5},

		{"elb leaves out what targets answered", byBalancer, one(200), one(3), one(5), absent, absent, 5, 200},
		{"elb, all refused", byBalancer, absent, absent, one(50), absent, one(50), 50, 50},
		{"elb, nothing", byBalancer, one(200), absent, absent, absent, absent, 0, 200},

		{"target leaves out what the load balancer made", byTargets, one(200), one(3), one(5), absent, one(5), 3, 200},
		{"target, all refused: none was asked", byTargets, absent, absent, one(50), absent, one(50), 0, 0},
		{"target, nothing", byTargets, one(200), absent, absent, absent, absent, 0, 200},
	} {
		got := join(c.source, minute, counts{c.requests, c.target, c.balancer, []metrics.Points{c.balancer500, c.noTasks}})
		if c.of == 0 {
			if len(got) != 0 {
				t.Errorf("%s: got %+v, want no reading", c.name, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: got %d readings, want 1", c.name, len(got))
			continue
		}
		want := probes.Reading{At: minute.From, Span: time.Minute, Value: c.errors / c.of, Of: c.of, Note: got[0].Note}
		if got[0] != want {
			t.Errorf("%s: got %+v, want %+v", c.name, got[0], want)
		}
	}
}

func TestJoinKeepsGaps(t *testing.T) {
	w := metrics.Window{From: minute.From, To: minute.From.Add(3 * time.Minute), Period: time.Minute}
	third := minute.From.Add(2 * time.Minute)
	got := join(byBoth, w, counts{requests: metrics.Points{minute.From: 10, third: 20}})
	if len(got) != 2 || !got[0].At.Equal(minute.From) || !got[1].At.Equal(third) {
		t.Errorf("got %+v, want readings of the first and the third minute only", got)
	}
}

func TestNoteSaysWhoMadeTheErrors(t *testing.T) {
	got := join(byBoth, minute, counts{requests: one(10), byTargets: one(1), byBalancer: one(2)})
	if want := "2 made by the load balancer, 1 by targets"; got[0].Note != want {
		t.Errorf("got %q, want %q", got[0].Note, want)
	}
}
