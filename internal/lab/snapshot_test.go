package lab

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"gameday/internal/lab/world"
)

func TestASnapshotTellsWhatWasDoneAndThatItIsUndone(t *testing.T) {
	t.Parallel()
	l := start(t, "no_replacement") // else the instance would be replaced for good
	instance := l.hosting(t, "conversations")
	before := l.Snapshot()
	if again := l.Snapshot(); !reflect.DeepEqual(before, again) {
		t.Fatalf("an account that nobody touches changed: %v", before.Diff(again))
	}
	desired := must(l.World.Services("web"))(t)[0].Desired
	service := must(l.World.Services("web"))(t)[0].Name
	more := desired + 1
	must(l.World.UpdateService("web", service, world.ServiceChange{Desired: &more}))(t)
	must(l.World.StopInstances([]string{instance}, true))(t)
	if err := l.World.CreateTags([]string{instance}, map[string]string{"mark": "made"}); err != nil {
		t.Fatal(err)
	}
	if err := l.World.SetTerminationProtection(instance, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the instance is off", func() bool { return l.Snapshot()["instance "+instance]["state"] == world.Stopped })
	differ := before.Diff(l.Snapshot())
	for _, want := range []string{
		"instance " + instance + `: state was "running" and is "stopped"`,
		"instance " + instance + `: tag mark was "" and is "made"`,
		"instance " + instance + `: termination protected was "false" and is "true"`,
	} {
		if !slices.Contains(differ, want) {
			t.Errorf("not told: %s", want)
		}
	}
	if !slices.ContainsFunc(differ, func(d string) bool { return strings.HasPrefix(d, "service web/"+service+": desired was ") }) {
		t.Errorf("the service's desired count is not told: %v", differ)
	}

	must(l.World.UpdateService("web", service, world.ServiceChange{Desired: &desired}))(t)
	must(l.World.StartInstances([]string{instance}))(t)
	if err := l.World.DeleteTags([]string{instance}, []string{"mark"}); err != nil {
		t.Fatal(err)
	}
	if err := l.World.SetTerminationProtection(instance, false); err != nil {
		t.Fatal(err)
	}
	eventually(t, "everything is as it was", func() bool { return reflect.DeepEqual(before, l.Snapshot()) })
}

func TestASnapshotDoesNotTellWhichTasksRun(t *testing.T) {
	t.Parallel()
	l := start(t)
	before := l.Snapshot()
	victim := l.tasks(t, "conversations")[0]
	must(l.World.StopTask("web", victim.ID, ""))(t)
	eventually(t, "another task runs in its place", func() bool {
		tasks := l.tasks(t, "conversations")
		return tasks[0].LastStatus == world.TaskStopped && l.running(t, "conversations") == len(tasks)-1
	})
	eventually(t, "everything is as it was", func() bool { return reflect.DeepEqual(before, l.Snapshot()) })
}

func TestASnapshotTellsWhatIsNewAndGone(t *testing.T) {
	t.Parallel()
	before := world.Snapshot{"vpc a": {"cidr": "10.0.0.0/16"}, "vpc b": {"cidr": "10.1.0.0/16"}}
	after := world.Snapshot{"vpc b": {"cidr": "10.1.0.0/16"}, "vpc c": {"cidr": "10.2.0.0/16", "tag x": "y"}}
	want := []string{`vpc a is gone: cidr="10.0.0.0/16"`, `vpc c is new: cidr="10.2.0.0/16" tag x="y"`}
	if got := before.Diff(after); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := after.String(); got != "vpc b: cidr=\"10.1.0.0/16\"\nvpc c: cidr=\"10.2.0.0/16\" tag x=\"y\"\n" {
		t.Errorf("got %q", got)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
