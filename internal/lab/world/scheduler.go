package world

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// The states of schedules and their groups, by AWS's names.
const (
	ScheduleEnabled  = "ENABLED"
	ScheduleDisabled = "DISABLED"
	GroupActive      = "ACTIVE"
	GroupDeleting    = "DELETING"
)

// DefaultScheduleGroup is where schedules without a group are. It is always there.
const DefaultScheduleGroup = "default"

// Schedule is an API call that EventBridge Scheduler makes at a later time, with nobody's help.
type Schedule struct {
	Name, Group, ARN  string
	Description       string
	Expression        string // "at(2026-11-23T10:00:00)"
	TimeZone          string // "UTC", "Europe/Berlin"
	State             string // ScheduleEnabled or ScheduleDisabled
	Deletes           bool   // itself, once it is completed
	Target            ScheduleTarget
	Created, Modified time.Time
}

// ScheduleTarget is the call to make.
type ScheduleTarget struct {
	ARN        string // "arn:aws:scheduler:::aws-sdk:ec2:startInstances"
	Role       string // ARN of the role that is assumed for it
	Input      string // the call's parameters as JSON
	Attempts   int    // how often it may be tried again
	MaxAge     time.Duration
	DeadLetter string // ARN of a queue for what could not be done; empty without
}

// ScheduleGroup holds schedules, and is what can carry tags for them.
type ScheduleGroup struct {
	Name, ARN         string
	State             string // GroupActive or GroupDeleting
	Created, Modified time.Time
	Tags              map[string]string
}

type scheduler struct {
	groups    []*scheduleGroup
	schedules []*schedule
	deleted   map[string]bool // the tokens of deletions
	deliver   func(Invocation) Delivery
}

type scheduleGroup struct {
	ScheduleGroup
	token string
	gone  time.Time // when its deletion ends
}

// schedulerSettles is how long the deletion of a group takes.
const schedulerSettles = 200 * time.Millisecond

// CreateScheduleGroup makes a group; the same token again makes no other. Codes: ConflictException, ValidationException.
func (w *World) CreateScheduleGroup(name, token string, tags map[string]string) (ScheduleGroup, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := scheduleName(name); err != nil {
		return ScheduleGroup{}, err
	}
	for _, g := range w.scheduler.groups {
		if g.Name != name {
			continue
		}
		if token != "" && g.token == token {
			return g.show(), nil
		}
		return ScheduleGroup{}, conflict("Schedule group %s already exists.", name)
	}
	g := w.addScheduleGroup(name, time.Now())
	g.token = token
	maps.Copy(g.Tags, tags)
	return g.show(), nil
}

func (w *World) addScheduleGroup(name string, now time.Time) *scheduleGroup {
	g := &scheduleGroup{ScheduleGroup: ScheduleGroup{
		Name: name, ARN: w.arn("scheduler", "schedule-group/"+name), State: GroupActive, Created: now, Modified: now, Tags: map[string]string{},
	}}
	w.scheduler.groups = append(w.scheduler.groups, g)
	return g
}

// ScheduleGroups returns every group, the default one first.
func (w *World) ScheduleGroups() []ScheduleGroup {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]ScheduleGroup, len(w.scheduler.groups))
	for i, g := range w.scheduler.groups {
		all[i] = g.show()
	}
	return all
}

// DeleteScheduleGroup begins to delete a group and its schedules, which may still be due until it is gone.
// Codes: ResourceNotFoundException, ConflictException, ValidationException.
func (w *World) DeleteScheduleGroup(name, token string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.alreadyDeleted(name, token) {
		return nil
	}
	g, err := w.scheduleGroup(name)
	switch {
	case err != nil:
		return err
	case name == DefaultScheduleGroup:
		return invalid("The default schedule group cannot be deleted.")
	case g.State == GroupDeleting:
		return conflict("Schedule group %s is being deleted.", name)
	}
	now := time.Now()
	g.State, g.Modified, g.gone = GroupDeleting, now, now.Add(schedulerSettles)
	w.deletedNow(name, token)
	return nil
}

// TagScheduleGroup changes a group's tags by its ARN. Code: ResourceNotFoundException.
func (w *World) TagScheduleGroup(arn string, change func(tags map[string]string)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range w.scheduler.groups {
		if g.ARN == arn {
			change(g.Tags)
			return nil
		}
	}
	return refuse("ResourceNotFoundException", "The resource %s does not exist.", arn)
}

// CreateSchedule makes a schedule; the same token again makes no other. A time that has passed already is never due.
// Codes: ConflictException, ResourceNotFoundException, ValidationException.
func (w *World) CreateSchedule(v Schedule, token string) (Schedule, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if have := w.findSchedule(v.Group, v.Name); have != nil {
		if token != "" && have.token == token {
			return have.Schedule, nil
		}
		return Schedule{}, conflict("Schedule %s already exists.", v.Name)
	}
	g, err := w.scheduleGroup(v.Group)
	if err != nil {
		return Schedule{}, err
	}
	if g.State == GroupDeleting {
		return Schedule{}, conflict("Schedule group %s is being deleted.", v.Group)
	}
	now := time.Now()
	s := &schedule{token: token}
	v.ARN, v.Created = w.arn("scheduler", "schedule/"+v.Group+"/"+v.Name), now
	if err := s.become(v, now); err != nil {
		return Schedule{}, err
	}
	w.scheduler.schedules = append(w.scheduler.schedules, s)
	return s.Schedule, nil
}

// UpdateSchedule replaces all of a schedule, and arms it again. Codes: ResourceNotFoundException, ValidationException.
func (w *World) UpdateSchedule(v Schedule) (Schedule, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := w.schedule(v.Group, v.Name)
	if err != nil {
		return Schedule{}, err
	}
	v.ARN, v.Created = s.ARN, s.Created
	if err := s.become(v, time.Now()); err != nil {
		return Schedule{}, err
	}
	return s.Schedule, nil
}

// DeleteSchedule removes a schedule; a deletion with the same token again is none. Code: ResourceNotFoundException.
func (w *World) DeleteSchedule(group, name, token string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.alreadyDeleted(group+"/"+name, token) {
		return nil
	}
	s, err := w.schedule(group, name)
	if err != nil {
		return err
	}
	w.dropSchedule(s)
	w.deletedNow(group+"/"+name, token)
	return nil
}

// Schedules returns every schedule in the order of creation.
func (w *World) Schedules() []Schedule {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Schedule, len(w.scheduler.schedules))
	for i, s := range w.scheduler.schedules {
		all[i] = s.Schedule
	}
	return all
}

func (w *World) alreadyDeleted(what, token string) bool {
	return token != "" && w.scheduler.deleted[what+" "+token]
}

func (w *World) deletedNow(what, token string) {
	if w.scheduler.deleted == nil {
		w.scheduler.deleted = map[string]bool{}
	}
	w.scheduler.deleted[what+" "+token] = true
}

func (w *World) scheduleGroup(name string) (*scheduleGroup, error) {
	i := slices.IndexFunc(w.scheduler.groups, func(g *scheduleGroup) bool { return g.Name == name })
	if i < 0 {
		return nil, refuse("ResourceNotFoundException", "Schedule group %s does not exist.", name)
	}
	return w.scheduler.groups[i], nil
}

func (w *World) schedule(group, name string) (*schedule, error) {
	if s := w.findSchedule(group, name); s != nil {
		return s, nil
	}
	return nil, refuse("ResourceNotFoundException", "Schedule %s does not exist.", name)
}

func (w *World) findSchedule(group, name string) *schedule {
	for _, s := range w.scheduler.schedules {
		if s.Group == group && s.Name == name {
			return s
		}
	}
	return nil
}

func (w *World) dropSchedule(s *schedule) {
	w.scheduler.schedules = keep(w.scheduler.schedules, func(other *schedule) bool { return other != s })
}

var goodScheduleName = regexp.MustCompile(`^[0-9a-zA-Z_.-]{1,64}$`)

func scheduleName(name string) error {
	if !goodScheduleName.MatchString(name) {
		return invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$", name)
	}
	return nil
}

func (g *scheduleGroup) show() ScheduleGroup {
	v := g.ScheduleGroup
	v.Tags = maps.Clone(v.Tags)
	return v
}

func (w *World) tellSchedules(s Snapshot) {
	for _, g := range w.scheduler.groups {
		s.tell("schedule group "+g.Name, g.Tags, "state", g.State)
	}
	for _, v := range w.scheduler.schedules {
		s.tell("schedule "+v.Group+"/"+v.Name, nil, "description", v.Description, "state", v.State, "when", v.Expression+" "+v.TimeZone,
			"deletes itself", v.Deletes, "target", v.Target.ARN, "role", v.Target.Role, "input", v.Target.Input,
			"retry", fmt.Sprint(v.Target.Attempts, " ", v.Target.MaxAge), "dead letters", v.Target.DeadLetter)
	}
}
