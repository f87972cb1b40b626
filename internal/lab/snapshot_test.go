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

// A cut of a subnet's way out, as an experiment makes it, and its undo: nothing is left but associations of other ids.
func TestASnapshotTellsWhatIsDoneToTheNetwork(t *testing.T) {
	t.Parallel()
	l := start(t)
	w := l.World
	before := l.Snapshot()
	var table world.RouteTable
	var link world.RouteAssociation
	for _, table = range w.RouteTables() {
		link = table.Associations[0]
		if !link.Main() && strings.HasPrefix(table.Tags["Name"], "private-") {
			break
		}
	}
	acl := w.NetworkACLs()[0]
	copied := must(w.CreateRouteTable(table.VPCID, "", map[string]string{"gameday:run": "r1"}, false))(t)
	swapped := must(w.ReplaceRouteTableAssociation(link.ID, copied.ID, false))(t)
	if err := w.CreateACLEntry(acl.ID, world.ACLEntry{Number: 7, Egress: true, Protocol: "-1", CIDR: "203.0.113.0/24"}, false); err != nil {
		t.Fatal(err)
	}
	differ := strings.Join(before.Diff(l.Snapshot()), "\n")
	for _, want := range []string{
		"route table " + copied.ID + " is new: ",
		"route table " + table.ID + ": subnets was \"" + link.Subnet + "\" and is \"\"",
		"subnet " + link.Subnet + ": route table was \"" + table.ID + "\" and is \"" + copied.ID + "\"",
		"network acl " + acl.ID + ": entries was ",
	} {
		if !strings.Contains(differ, want) {
			t.Errorf("not told: %s, but\n%s", want, differ)
		}
	}
	if again := must(w.ReplaceRouteTableAssociation(swapped, table.ID, false))(t); again == link.ID {
		t.Error("the association has its old id again")
	}
	if err := w.DeleteACLEntry(acl.ID, 7, true, false); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteRouteTable(copied.ID, false); err != nil {
		t.Fatal(err)
	}
	if left := before.Diff(l.Snapshot()); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
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
