package metrics

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The states of an alarm.
const (
	StateOK           = "OK"
	StateAlarm        = "ALARM"
	StateInsufficient = "INSUFFICIENT_DATA"
)

// Alarm is a threshold on one metric, and how it stands.
type Alarm struct {
	Name, ARN, Description string
	Metric                 ID
	Statistic              string // as ParseStatistic reads it
	Period                 time.Duration
	Periods                int // that are looked at
	ToAlarm                int // of them that must breach; 0 means all
	Comparison             string
	Threshold              float64
	MissingData            string // "missing", "notBreaching", "breaching", "ignore"
	Configured             time.Time
	State                  string
	Reason                 string
	Updated                time.Time // of the state
}

type alarm struct {
	Alarm
	statistic Statistic
}

// PutAlarm adds an alarm, or replaces the one of the same name while keeping its state.
func (s *Store) PutAlarm(a Alarm) error {
	statistic, err := ParseStatistic(a.Statistic)
	if err != nil {
		return err
	}
	if _, known := comparisons[a.Comparison]; !known {
		return fmt.Errorf("the comparison %q is not known", a.Comparison)
	}
	if a.Period <= 0 || a.Periods <= 0 {
		return fmt.Errorf("alarm %s needs a period and a number of periods above zero", a.Name)
	}
	a.Configured = time.Now()
	a.State, a.Reason, a.Updated = StateInsufficient, "Unchecked: Initial alarm creation", a.Configured
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.alarmIndex(a.Name); i >= 0 {
		old := s.alarms[i]
		a.State, a.Reason, a.Updated = old.State, old.Reason, old.Updated
		s.alarms[i] = &alarm{a, statistic}
		return nil
	}
	s.alarms = append(s.alarms, &alarm{a, statistic})
	slices.SortFunc(s.alarms, func(a, b *alarm) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// DeleteAlarm removes an alarm and reports whether there was one.
func (s *Store) DeleteAlarm(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.alarmIndex(name)
	if i >= 0 {
		s.alarms = slices.Delete(s.alarms, i, i+1)
	}
	return i >= 0
}

// Alarms returns every alarm, by name.
func (s *Store) Alarms() []Alarm {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Alarm, len(s.alarms))
	for i, a := range s.alarms {
		all[i] = a.Alarm
		all[i].Metric.Dimensions = slices.Clone(a.Metric.Dimensions)
	}
	return all
}

// SetAlarmState puts an alarm into a state until its next evaluation decides otherwise. It reports whether there is such an alarm.
func (s *Store) SetAlarmState(name, state, reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.alarmIndex(name)
	if i >= 0 {
		s.alarms[i].enter(state, reason, time.Now())
	}
	return i >= 0
}

func (s *Store) alarmIndex(name string) int {
	return slices.IndexFunc(s.alarms, func(a *alarm) bool { return a.Name == name })
}

func (a *alarm) enter(state, reason string, now time.Time) {
	if a.State == state {
		return
	}
	a.State, a.Reason, a.Updated = state, reason, now
}

// evaluate looks at every alarm's last whole and visible periods.
func (s *Store) evaluate(now time.Time) {
	for _, a := range s.Alarms() {
		statistic, err := ParseStatistic(a.Statistic)
		if err != nil {
			panic("metrics: an alarm with an unchecked statistic: " + err.Error())
		}
		to := align(s.horizon(now), a.Period)
		from := to.Add(-time.Duration(a.Periods) * a.Period)
		points, _ := s.query(a.Metric, statistic, a.Period, from, to, now)
		state, reason := a.judge(points)
		s.mu.Lock()
		if i := s.alarmIndex(a.Name); i >= 0 && state != "" {
			s.alarms[i].enter(state, reason, now)
		}
		s.mu.Unlock()
	}
}

// judge returns the state that points call for, "" for the one that it is in.
func (a *Alarm) judge(points []Point) (state, reason string) {
	breaching := 0
	var values []string
	for _, p := range points {
		values = append(values, fmt.Sprintf("%g (%s)", p.Value, p.At.UTC().Format("02/01/06 15:04:05")))
		if comparisons[a.Comparison](p.Value, a.Threshold) {
			breaching++
		}
	}
	missing := a.Periods - len(points)
	switch {
	case a.MissingData == "breaching":
		breaching += missing
	case a.MissingData == "ignore" && len(points) == 0:
		return "", ""
	case a.MissingData == "missing" && len(points) == 0:
		return StateInsufficient, "Insufficient Data: no datapoints were received."
	}
	needed := a.ToAlarm
	if needed == 0 {
		needed = a.Periods
	}
	if missing > 0 && (a.MissingData == "missing" || a.MissingData == "ignore") {
		needed = min(needed, len(points))
	}
	seen := "no datapoints were received"
	if len(points) > 0 {
		seen = fmt.Sprintf("%d out of the last %d datapoints [%s] breached the threshold (%g)", breaching, a.Periods, strings.Join(values, ", "), a.Threshold)
	}
	if breaching >= needed {
		return StateAlarm, "Threshold Crossed: " + seen + "."
	}
	return StateOK, "Threshold Crossed: " + seen + "."
}

var comparisons = map[string]func(v, threshold float64) bool{
	"GreaterThanThreshold":          func(v, t float64) bool { return v > t },
	"GreaterThanOrEqualToThreshold": func(v, t float64) bool { return v >= t },
	"LessThanThreshold":             func(v, t float64) bool { return v < t },
	"LessThanOrEqualToThreshold":    func(v, t float64) bool { return v <= t },
}
