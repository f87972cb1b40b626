package experiments

import (
	"context"
	"sync"
	"time"

	"gameday/probes"
	"gameday/reports"
)

// maxMeasure bounds one measurement, so that a hanging one cannot silence its probe for good.
const maxMeasure = 30 * time.Second

// watch has every probe measure on its own clock until the returned function is called, which takes a last
// measurement of each. One slow probe does not delay another.
func (x *execution) watch() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i := range x.plan.Experiment.Probes {
		wg.Go(func() { x.measureOften(ctx, i) })
	}
	wg.Go(func() { x.feel(ctx) })
	return func() {
		cancel()
		wg.Wait()
		for i := range x.plan.Experiment.Probes {
			wg.Go(func() { x.measure(i, x.started) })
		}
		wg.Wait()
	}
}

func (x *execution) measureOften(ctx context.Context, i int) {
	p := x.plan.Experiment.Probes[i]
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	for {
		x.measure(i, x.since(i))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-x.pokes[i]:
		}
	}
}

// lookNow has every probe that looks at the present look once more than its clock says: a change that has just taken
// effect is to be seen, however seldom the probe looks.
func (x *execution) lookNow() {
	for i, p := range x.plan.Experiment.Probes {
		if p.looks() {
			select {
			case x.pokes[i] <- struct{}{}:
			default:
			}
		}
	}
}

// since is the moment from which probe i asks: a little before its newest reading, because records are revised, or
// from the first recent hole, because a record may be filled in later.
func (x *execution) since(i int) time.Time {
	from := x.series[i].resume(x.plan.Experiment.Probes[i].Probe.Scale().Period, x.env.Late)
	if from.Before(x.started) {
		return x.started
	}
	return from
}

// measure takes one measurement. Whoever waits for news is woken. What fails is told when it begins and when it is over.
func (x *execution) measure(i int, from time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), maxMeasure)
	defer cancel()
	p, s := x.plan.Experiment.Probes[i], x.series[i]
	began := time.Now()
	s.begin(began)
	var readings []probes.Reading
	err := survived(func() (err error) {
		readings, err = p.Probe.Measure(ctx, x.env, from, began)
		return err
	})
	if err == nil {
		if failed := s.merge(lasting(readings, p.looks())); failed > 0 {
			x.say("%s is measured again, after %s that failed", p.ID(), reports.Counted(failed, "measurement"))
		}
	} else if s.fail(failure{began, err}) == 1 {
		x.say("%s could not be measured: %v", p.ID(), err)
	}
	x.wake()
}

// wake has whoever waits look at once.
func (x *execution) wake() {
	select {
	case x.news <- struct{}{}:
	default:
	}
}

// lasting has a look at the present speak for the time that it took: a request that hung for ten seconds says what was
// the case all that time.
func lasting(readings []probes.Reading, looks bool) []probes.Reading {
	for i := range readings {
		if looks && readings[i].Span == 0 {
			readings[i].Span = max(0, time.Since(readings[i].At))
		}
	}
	return readings
}

// await waits until done says so, looking whenever a probe has measured, when the time is up and at least every
// second, while the observer is shown how things stand and what done says that it waits for. It returns false if ctx
// ended first.
func (x *execution) await(ctx context.Context, phase string, until func() time.Time, done func() (over bool, waiting string)) bool {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		over, waiting := done()
		if over {
			return true
		}
		var up <-chan time.Time // only while it lies ahead
		if left := time.Until(until()); left > 0 {
			up = time.After(left)
		}
		select {
		case <-ctx.Done():
			return false
		case <-x.news:
		case <-up:
		case <-tick.C:
			x.show(phase, until(), waiting)
		}
	}
}
