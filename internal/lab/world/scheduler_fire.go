package world

import (
	"regexp"
	"time"
)

// schedule is a Schedule and where it is in its life:
//
//	armed ── due ──► under way ── done, given up ──► completed (or deleted)
//	  ▲                  │
//	  └─── try again ────┘
type schedule struct {
	Schedule
	token    string
	version  int       // of what it is to do; a call under way for an earlier one no longer counts
	at       time.Time // when it is meant to be
	due      time.Time // when it is tried next; zero once completed, and for a time that had passed already
	tried    int
	underWay bool
}

// Invocation is one attempt to do what a schedule is for.
type Invocation struct {
	Schedule Schedule
	Attempt  int // from 1
}

// Delivery is what came of an attempt.
type Delivery struct {
	Err   error // nil where it was done
	Again bool  // it may go better another time
}

// OnSchedule has deliver make the calls of schedules that are due. It is called from goroutines of its own, and must not
// outlast Close.
func (w *World) OnSchedule(deliver func(Invocation) Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scheduler.deliver = deliver
}

// become takes over what v says, and arms the schedule.
func (s *schedule) become(v Schedule, now time.Time) error {
	if err := scheduleName(v.Name); err != nil {
		return err
	}
	at, err := v.when()
	if err != nil {
		return err
	}
	v.Modified = now
	s.Schedule, s.at, s.due, s.tried, s.underWay = v, at, time.Time{}, 0, false
	s.version++
	if at.After(now) {
		s.due = at
	}
	return nil
}

var once = regexp.MustCompile(`^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$`)

// when is the one time that an expression speaks of.
func (v Schedule) when() (time.Time, error) {
	parts := once.FindStringSubmatch(v.Expression)
	if parts == nil {
		return time.Time{}, invalid("Invalid Schedule Expression %s. The lab knows at(yyyy-mm-ddThh:mm:ss).", v.Expression)
	}
	zone, err := time.LoadLocation(v.TimeZone)
	if err != nil {
		return time.Time{}, invalid("Invalid time zone %s.", v.TimeZone)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", parts[1], zone)
	if err != nil {
		return time.Time{}, invalid("Invalid Schedule Expression %s.", v.Expression)
	}
	return at, nil
}

// moveSchedules does what is due.
func (w *World) moveSchedules(now time.Time) {
	for _, g := range w.scheduler.groups {
		if g.State == GroupDeleting && !now.Before(g.gone) {
			w.scheduler.schedules = keep(w.scheduler.schedules, func(s *schedule) bool { return s.Group != g.Name })
		}
	}
	w.scheduler.groups = keep(w.scheduler.groups, func(g *scheduleGroup) bool { return g.State != GroupDeleting || now.Before(g.gone) })
	for _, s := range w.scheduler.schedules {
		if s.State != ScheduleEnabled || s.underWay || s.due.IsZero() || now.Before(s.due) || w.scheduler.deliver == nil {
			continue
		}
		s.underWay = true
		s.tried++
		invocation, version, deliver := Invocation{Schedule: s.Schedule, Attempt: s.tried}, s.version, w.scheduler.deliver
		w.ended.Go(func() { w.invoked(s, version, deliver(invocation)) })
	}
}

// invoked settles what came of an attempt.
func (w *World) invoked(s *schedule, version int, d Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d.Err != nil {
		w.log.Warn("scheduler", "schedule", s.Name, "attempt", s.tried, "error", d.Err, "again", d.Again)
	}
	if s.version != version || w.findSchedule(s.Group, s.Name) != s {
		return
	}
	s.underWay = false
	now := time.Now()
	if d.Again && s.tried <= s.Target.Attempts && now.Sub(s.at) < s.Target.MaxAge {
		s.due = now.Add(min(time.Second<<min(s.tried-1, 6), time.Minute))
		return
	}
	s.due = time.Time{}
	if s.Deletes {
		w.dropSchedule(s)
	}
}
