package world

import (
	"maps"
	"regexp"
	"slices"
	"time"
)

// Instances returns every instance in the order of launch, terminated ones included for an hour. Where the topology asks for
// eventual consistency, a change shows only after its lag.
func (w *World) Instances() []Instance {
	w.mu.Lock()
	defer w.mu.Unlock()
	lag := w.topology.ECS.DescribeLag.Std()
	all := make([]Instance, len(w.instances))
	for n, i := range w.instances {
		shown := i.Instance
		if lag > 0 && time.Since(i.changed) < lag {
			shown = i.before
		}
		shown.Tags = maps.Clone(i.Tags)
		all[n] = shown
	}
	return all
}

// TerminateInstances begins the termination of all of ids, or of none.
// Codes: InvalidInstanceID.NotFound, InvalidInstanceID.Malformed, OperationNotPermitted.
func (w *World) TerminateInstances(ids []string) ([]StateChange, error) {
	return w.each(ids, mayTerminate, func(i *instance, now time.Time) { w.terminate(i, now) })
}

// StopInstances begins to stop all of ids, or none; force skips the operating system's shutdown.
// Codes: as TerminateInstances, and IncorrectInstanceState, UnsupportedOperation.
func (w *World) StopInstances(ids []string, force bool) ([]StateChange, error) {
	return w.each(ids, mayStop, func(i *instance, now time.Time) {
		if i.State != Stopped {
			i.change(Stopping, now)
			i.because("Client.UserInitiatedShutdown", "User initiated shutdown", now)
		}
		if force {
			w.cut(i, now)
		} else {
			w.shutDown(i, now)
		}
	})
}

// StartInstances starts stopped instances; running ones are left alone.
// Codes: as TerminateInstances, and IncorrectInstanceState.
func (w *World) StartInstances(ids []string) ([]StateChange, error) {
	return w.each(ids, mayStart, func(i *instance, now time.Time) {
		if i.State == Stopped {
			i.change(Pending, now)
			i.Launched = now
			w.boot(i, now)
		}
	})
}

// RebootInstances shuts the operating systems down and boots them again. The state stays Running.
// Codes: as TerminateInstances, and IncorrectInstanceState.
func (w *World) RebootInstances(ids []string) error {
	_, err := w.each(ids, mayReboot, func(i *instance, now time.Time) { w.shutDown(i, now) })
	return err
}

// CheckTerminate answers what TerminateInstances would, and changes nothing: EC2's DryRun.
func (w *World) CheckTerminate(ids []string) error { return w.check(ids, mayTerminate) }

// CheckStop is StopInstances' DryRun.
func (w *World) CheckStop(ids []string) error { return w.check(ids, mayStop) }

// CheckStart is StartInstances' DryRun.
func (w *World) CheckStart(ids []string) error { return w.check(ids, mayStart) }

// CheckReboot is RebootInstances' DryRun.
func (w *World) CheckReboot(ids []string) error { return w.check(ids, mayReboot) }

// SetTerminationProtection sets disableApiTermination. Codes: InvalidInstanceID.*.
func (w *World) SetTerminationProtection(id string, on bool) error {
	_, err := w.each([]string{id}, may, func(i *instance, _ time.Time) { i.TerminationProtected = on })
	return err
}

// SetStopProtection sets disableApiStop. Codes: InvalidInstanceID.*.
func (w *World) SetStopProtection(id string, on bool) error {
	_, err := w.each([]string{id}, may, func(i *instance, _ time.Time) { i.StopProtected = on })
	return err
}

// CreateTags sets tags on instances and on the parts of the network, on all of them or none. Code: InvalidID.
func (w *World) CreateTags(ids []string, tags map[string]string) error {
	return w.tagged(ids, func(have map[string]string) { maps.Copy(have, tags) })
}

// DeleteTags removes tags by key. Code: InvalidID.
func (w *World) DeleteTags(ids []string, keys []string) error {
	return w.tagged(ids, func(have map[string]string) {
		for _, key := range keys {
			delete(have, key)
		}
	})
}

// VPCs returns the private networks.
func (w *World) VPCs() []VPC {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.vpc
	v.Tags = maps.Clone(v.Tags)
	return []VPC{v}
}

// Subnets returns the subnets, by zone, public before private.
func (w *World) Subnets() []Subnet {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Subnet, len(w.subnets))
	for n, s := range w.subnets {
		all[n] = s.Subnet
		all[n].Tags = maps.Clone(s.Tags)
	}
	return all
}

// terminate ends an instance, whoever asked for it.
func (w *World) terminate(i *instance, now time.Time) {
	switch i.State {
	case ShuttingDown, Terminated:
		return
	case Stopped:
		i.power, i.offAt = leaving, now.Add(settle)
	}
	i.change(ShuttingDown, now)
	i.because("Client.UserInitiatedShutdown", "User initiated shutdown", now)
	w.shutDown(i, now)
}

func (w *World) check(ids []string, allowed func(*instance) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.find(ids, allowed)
	return err
}

// each does something to all of ids, or to none where one of them is not there or not allowed.
func (w *World) each(ids []string, allowed func(*instance) error, do func(*instance, time.Time)) ([]StateChange, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found, err := w.find(ids, allowed)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	changes := make([]StateChange, len(found))
	for n, i := range found {
		changes[n] = StateChange{InstanceID: i.ID, Previous: i.State}
		do(i, now)
		changes[n].Current = i.State
	}
	return changes, nil
}

var instanceID = regexp.MustCompile(`^i-[0-9a-f]{8}([0-9a-f]{9})?$`)

func (w *World) find(ids []string, allowed func(*instance) error) ([]*instance, error) {
	var found []*instance
	for _, id := range ids {
		if !instanceID.MatchString(id) {
			return nil, refuse("InvalidInstanceID.Malformed", "Invalid id: %q", id)
		}
		n := slices.IndexFunc(w.instances, func(i *instance) bool { return i.ID == id })
		if n < 0 {
			return nil, refuse("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		}
		if err := allowed(w.instances[n]); err != nil {
			return nil, err
		}
		found = append(found, w.instances[n])
	}
	return found, nil
}

func (w *World) tagged(ids []string, do func(map[string]string)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []map[string]string
	for _, id := range ids {
		tags := w.tagsOf(id)
		if tags == nil {
			return refuse("InvalidID", "The ID '%s' is not valid", id)
		}
		found = append(found, tags)
	}
	for _, tags := range found {
		do(tags)
	}
	return nil
}

func (w *World) tagsOf(id string) map[string]string {
	for _, i := range w.instances {
		if i.ID == id {
			return i.Tags
		}
	}
	for _, s := range w.subnets {
		if s.ID == id {
			return s.Tags
		}
	}
	if w.vpc.ID == id {
		return w.vpc.Tags
	}
	return w.network.tagsOf(id)
}

func may(*instance) error { return nil }

func mayTerminate(i *instance) error {
	if i.TerminationProtected && i.State != Terminated {
		return refuse("OperationNotPermitted", "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.", i.ID)
	}
	return nil
}

func mayStop(i *instance) error {
	switch {
	case i.State == ShuttingDown || i.State == Terminated || i.State == Pending:
		return refuse("IncorrectInstanceState", "This instance '%s' is not in a state from which it can be stopped.", i.ID)
	case i.RootDevice != "ebs":
		return refuse("UnsupportedOperation", "The instance '%s' does not have an 'ebs' root device type and cannot be stopped", i.ID)
	case i.Lifecycle == "spot":
		return refuse("UnsupportedOperation", "You can't stop the Spot Instance '%s' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.", i.ID)
	case i.StopProtected:
		return refuse("OperationNotPermitted", "The instance '%s' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.", i.ID)
	}
	return nil
}

func mayStart(i *instance) error {
	switch i.State {
	case Stopped, Running, Pending:
		return nil
	}
	return refuse("IncorrectInstanceState", "The instance '%s' is not in a state from which it can be started.", i.ID)
}

func mayReboot(i *instance) error {
	if i.State != Running {
		return refuse("IncorrectInstanceState", "Instance '%s' is not in the running state and cannot be rebooted.", i.ID)
	}
	return nil
}
