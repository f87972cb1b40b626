package natcutoff

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

func TestAttributesThatContradictEachOther(t *testing.T) {
	for _, test := range []struct {
		cutoff NATCutoff
		want   []string // the guilty attributes
	}{
		{NATCutoff{Method: Route, VPC: "main"}, nil},
		{NATCutoff{Method: NACL, Cluster: "web", Service: "front"}, nil},
		{NATCutoff{Method: "scissors", VPC: "main"}, []string{"method"}},
		{NATCutoff{Method: Route}, []string{""}},
		{NATCutoff{Method: "", Service: "front"}, []string{"method", "service"}},
	} {
		var got []string
		for _, p := range test.cutoff.Validate() {
			got = append(got, p.Attr)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: guilty: %q, want %q", test.cutoff, got, test.want)
		}
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	a := open(t)
	before := a.Snapshot()
	p := a.plan(t, &NATCutoff{VPC: "gameday"})
	if len(p.Steps) != 2 || len(p.Targets) != 2 || p.Targets[0].Group != p.Groups[0].Name {
		t.Errorf("steps %v, targets %+v", p.Steps, p.Targets)
	}
	if len(p.Groups) != 1 || p.Groups[0].Size != 2 || !strings.HasPrefix(p.Groups[0].Name, "private subnets of gameday (vpc-") {
		t.Errorf("picked from %+v", p.Groups)
	}
	for _, want := range []injectors.Impact{
		{What: "tasks of service web/front", Hit: 2, Of: 2},
		{What: "tasks of service web/back", Hit: 1, Of: 1},
	} {
		if !slices.Contains(p.Impacts, want) {
			t.Errorf("impacts %+v lack %+v", p.Impacts, want)
		}
	}
	for _, part := range []string{"in eu-west-1a", "in eu-west-1b", "running instances in gameday"} {
		if !slices.ContainsFunc(p.Impacts, func(i injectors.Impact) bool { return strings.Contains(i.What, part) && i.Hit > 0 && i.Hit == i.Of }) {
			t.Errorf("impacts %+v lack %s", p.Impacts, part)
		}
	}
	if len(p.LeftOut) != 2 || !strings.Contains(p.LeftOut[0].Why, "an internet gateway (igw-") {
		t.Errorf("left out: %+v", p.LeftOut)
	}
	if again := a.plan(t, &NATCutoff{VPC: "gameday"}); !reflect.DeepEqual(again, p) {
		t.Errorf("planned %v, then %v", p, again)
	}
	for _, s := range p.Steps {
		if err := s.(injectors.Rehearser).Rehearse(labtest.Patience(t), a.Env); err != nil {
			t.Error(err)
		}
	}
	if differ := before.Diff(a.Snapshot()); len(differ) > 0 || len(labtest.Writes(a.Lab)) > 0 {
		t.Errorf("planning changed %v, by %v", differ, labtest.Writes(a.Lab))
	}
	if more := labtest.Undeclared(a.Calls(), Kind().Permissions); len(more) > 0 {
		t.Errorf("calls that no permission is listed for: %v", more)
	}
}

func TestWhatIsSelected(t *testing.T) {
	t.Parallel()
	a := open(t)
	both := []string{"private-a", "private-b"}
	for _, test := range []struct {
		name   string
		cutoff NATCutoff
		want   []string
		fails  string // part of the error
	}{
		{name: "a VPC", cutoff: NATCutoff{VPC: "gameday"}, want: both},
		{name: "a subnet by name", cutoff: NATCutoff{Subnets: []string{"private-b"}}, want: both[1:]},
		{name: "a subnet by id", cutoff: NATCutoff{Subnets: []string{a.Subnet(t, "private-a").ID}}, want: both[:1]},
		{name: "tags", cutoff: NATCutoff{Tags: map[string]string{"Name": "private-a"}}, want: both[:1]},
		{name: "tags of which one is missing", cutoff: NATCutoff{Tags: map[string]string{"Name": "private-a", "no": "such"}}, fails: "no subnet tagged Name=private-a and tagged no=such"},
		{name: "a cluster", cutoff: NATCutoff{Cluster: "web"}, want: both},
		{name: "a cluster, in a subnet", cutoff: NATCutoff{Cluster: "web", Subnets: []string{"private-a"}}, want: both[:1]},
		{name: "a service", cutoff: NATCutoff{Cluster: "web", Service: "front"}, want: both},
		{name: "a VPC that is not", cutoff: NATCutoff{VPC: "gamedays"}, fails: `did you mean "gameday"`},
		{name: "a subnet that is not", cutoff: NATCutoff{Subnets: []string{"privat-a"}}, fails: `did you mean "private-a"`},
		{name: "a cluster that is not", cutoff: NATCutoff{Cluster: "wbe"}, fails: `did you mean "web"`},
		{name: "a service that is not", cutoff: NATCutoff{Cluster: "web", Service: "frnt"}, fails: `did you mean "front"`},
		{name: "a public subnet", cutoff: NATCutoff{Subnets: []string{"private-a", "public-a"}}, fails: "internet gateway"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.cutoff.Method = Route
			p, err := test.cutoff.Plan(labtest.Patience(t), a.Env, scope())
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Errorf("got %v, want %s", err, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range p.Steps {
				got = append(got, s.(*Step).Name)
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("picked %v, want %v", got, test.want)
			}
		})
	}
}

func TestOneServiceLivesInOneSubnet(t *testing.T) {
	t.Parallel()
	a := open(t)
	p := a.plan(t, &NATCutoff{Cluster: "web", Service: "back"})
	if len(p.Steps) != 1 {
		t.Fatalf("its only task is in %v", p.Steps)
	}
	if !slices.ContainsFunc(p.Warnings, func(w string) bool {
		return strings.Contains(w, "web/back") && strings.Contains(w, " may start tasks in private-")
	}) {
		t.Errorf("nobody says that the next task may be elsewhere: %q", p.Warnings)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	a := open(t)
	nat := a.World.NATGateways()[1]
	table := tableOf(t, a, a.Subnet(t, "private-b").ID)
	why := func() string {
		t.Helper()
		_, err := (&NATCutoff{Method: Route, Subnets: []string{"private-b"}}).Plan(labtest.Patience(t), a.Env, scope())
		if err == nil {
			return ""
		}
		return err.Error()
	}
	replace := func(target string) {
		t.Helper()
		if err := a.World.ReplaceRoute(table.ID, world.Route{CIDR: "0.0.0.0/0", Target: target}, false); err != nil {
			t.Fatal(err)
		}
	}
	instance := a.World.Instances()[0].ID
	if got := why(); got != "" {
		t.Errorf("to a NAT gateway: %q", got)
	}
	replace(instance)
	if got := why(); !strings.Contains(got, "NAT instance") {
		t.Errorf("to an instance: %q", got)
	}
	if p := a.plan(t, &NATCutoff{Subnets: []string{"private-a"}}); !slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, "fails over") }) {
		t.Errorf("nobody minds the NAT instance next door: %q", p.Warnings)
	}
	if err := a.World.DeleteRoute(table.ID, world.Route{CIDR: "0.0.0.0/0"}, false); err != nil {
		t.Fatal(err)
	}
	if got := why(); !strings.Contains(got, "no default route") {
		t.Errorf("without a route: %q", got)
	}
	if err := a.World.CreateRoute(table.ID, world.Route{CIDR: "0.0.0.0/0", Target: nat.ID}, false); err != nil {
		t.Fatal(err)
	}
	if err := a.World.DeleteNATGateway(nat.ID, false); err != nil {
		t.Fatal(err)
	}
	if got := why(); !strings.Contains(got, "blackhole") {
		t.Errorf("to a gateway that is gone: %q", got)
	}
	guarded := scope()
	guarded.RequireTags = map[string]string{"chaos": "allowed"}
	if _, err := (&NATCutoff{Method: Route, Subnets: []string{"private-a"}}).Plan(labtest.Patience(t), a.Env, guarded); err == nil || !strings.Contains(err.Error(), "chaos=allowed") {
		t.Errorf("without the guard's tag: %v", err)
	}
}

// What another run has put around a subnet is no original that anybody could put back.
func TestWhatAnotherRunHasCutOffIsLeftToIt(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, method := range methods {
		s := a.step(t, method, "private-a")
		a.Do(t, s)
		for _, other := range methods {
			_, err := (&NATCutoff{Method: other, Subnets: []string{"private-a"}}).Plan(labtest.Patience(t), a.Env, scope())
			if err == nil || !strings.Contains(err.Error(), a.Env.RunID+" has changed it") {
				t.Errorf("%s on top of %s: %v", other, method, err)
			}
		}
		a.Undo(t, s)
	}
	a.step(t, Route, "private-a")
}

func TestWhatAnExpertWouldRaise(t *testing.T) {
	for _, test := range []struct {
		network, method string
		want            []string // a part of a warning each
	}{
		{"", Route, []string{"to logs,", "to ssm,", "to sts,", "go on working, through endpoints: ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, s3", "may outlive a route change"}},
		{"alone", Route, []string{"to ecs, ecs-agent, ecs-telemetry, for lack of endpoints: the ECS agents of i-", "to ecr.api, ecr.dkr, s3, for"}},
		{"main", Route, []string{"is also the route table of private-b (subnet-"}},
		{"ipv6", Route, []string{"IPv6 still gets out of private-a"}},
		{"", NACL, []string{"the gateway endpoint for s3 is cut off, too", "to s3, for lack"}},
	} {
		t.Run(test.network+" "+test.method, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(test.network)...)
			warnings := a.plan(t, &NATCutoff{Method: test.method, Subnets: []string{"private-a"}}).Warnings
			for _, part := range test.want {
				if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, part) }) {
					t.Errorf("nothing says %q:\n%s", part, strings.Join(warnings, "\n"))
				}
			}
		})
	}
}

func TestRehearsalFindsWhatIsNotPermitted(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		method, network string
		needs           []string
	}{
		{Route, "", []string{"CreateRouteTable", "CreateRoute", "ModifyVpcEndpoint", "ReplaceRouteTableAssociation", "DeleteRouteTable"}},
		{Route, "main", []string{"AssociateRouteTable", "DisassociateRouteTable"}},
		{NACL, "", []string{"CreateNetworkAcl", "CreateNetworkAclEntry", "ReplaceNetworkAclAssociation", "DeleteNetworkAcl"}},
	} {
		a := open(t, weaknesses(way.network)...)
		s := a.step(t, way.method, "private-a")
		if err := s.Rehearse(labtest.Patience(t), a.Env); err != nil {
			t.Error(err)
		}
		for _, action := range way.needs {
			a.Intercept(wire.From(1, func(c wire.Call) bool { return c.Action == action }, wire.Refuse(protocol.Denied)))
			if err := s.Rehearse(labtest.Patience(t), a.Env); err == nil || !strings.Contains(err.Error(), "ec2:"+action) {
				t.Errorf("without %s: %v", action, err)
			}
			if !slices.Contains(s.Describe().Permissions, "ec2:"+action) {
				t.Errorf("%s is not announced", action)
			}
		}
		if w := labtest.Writes(a.Lab); len(w) > 0 {
			t.Errorf("rehearsal wrote %v", w)
		}
	}
}

var (
	_ attr.Validator      = (*NATCutoff)(nil)
	_ injectors.Rehearser = (*Step)(nil)
	_ injectors.Insurer   = (*Step)(nil)
)
