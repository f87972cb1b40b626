package thirdpartyoutage

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/labtest"
)

func TestAttributesThatContradictEachOther(t *testing.T) {
	for _, test := range []struct {
		outage ThirdPartyOutage
		want   []string // the guilty attributes
	}{
		{ThirdPartyOutage{Host: "registry.npmjs.org", VPC: "main"}, nil},
		{ThirdPartyOutage{Hosts: []string{"*.npmjs.org", "Registry.NPMjs.org."}, Cluster: "web"}, nil},
		{ThirdPartyOutage{CIDRs: []string{"203.0.113.0/24", "2001:db8::/32"}, Tags: map[string]string{"a": "b"}}, nil},
		{ThirdPartyOutage{VPC: "main"}, []string{""}},
		{ThirdPartyOutage{Host: "a.example", CIDRs: []string{"203.0.113.0/24"}, VPC: "main"}, []string{"cidrs"}},
		{ThirdPartyOutage{Host: "a.example", Subnets: []string{"private-a"}}, []string{"subnets"}},
		{ThirdPartyOutage{Host: "a.example", VPC: "main", Tags: map[string]string{"a": "b"}}, []string{"tags"}},
		{ThirdPartyOutage{Host: "https://a.example/", Hosts: []string{"a.*.example"}, VPC: "main"}, []string{"hosts", "host"}},
		{ThirdPartyOutage{CIDRs: []string{"203.0.113.7"}, VPC: "main"}, []string{"cidrs"}},
		{ThirdPartyOutage{Host: "a.example", VPC: "main", Response: "REFUSED"}, []string{"response"}},
		{ThirdPartyOutage{Host: "a.example"}, []string{""}},
		{ThirdPartyOutage{Host: "a.example", Service: "front"}, []string{"service"}},
	} {
		if test.outage.Response == "" {
			test.outage.Response = NXDomain
		}
		var got []string
		for _, p := range test.outage.Validate() {
			got = append(got, p.Attr)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: guilty: %q, want %q", test.outage, got, test.want)
		}
	}
}

func TestPlan(t *testing.T) {
	for _, way := range ways[:2] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			before := a.Snapshot()
			p := a.plan(t, &way.outage)
			if len(p.Steps) != 1 || len(p.Targets) != 1 || len(p.Groups) != 1 || p.Targets[0].Group != p.Groups[0].Name {
				t.Errorf("steps %v, targets %+v, of %+v", p.Steps, p.Targets, p.Groups)
			}
			if !slices.ContainsFunc(p.Impacts, func(i injectors.Impact) bool { return i.What == "tasks of service web/front" && i.Hit > 0 && i.Of == 2 }) {
				t.Errorf("impacts %+v", p.Impacts)
			}
			if again := a.plan(t, &way.outage); !reflect.DeepEqual(again, p) {
				t.Errorf("planned %v, then %v", p, again)
			}
			if err := p.Steps[0].(*Step).Rehearse(labtest.Patience(t), a.Env); err != nil {
				t.Error(err)
			}
			if differ := before.Diff(a.Snapshot()); len(differ) > 0 || len(labtest.Writes(a.Lab)) > 0 {
				t.Errorf("planning changed %v, by %v", differ, labtest.Writes(a.Lab))
			}
			if more := labtest.Undeclared(a.Calls(), Kind().Permissions); len(more) > 0 {
				t.Errorf("calls that no permission is listed for: %v", more)
			}
		})
	}
}

func TestWhyNothingIsPlanned(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, test := range []struct {
		outage ThirdPartyOutage
		tags   map[string]string // that the guard requires
		want   string
	}{
		{ThirdPartyOutage{Host: news, VPC: "gamedays"}, nil, `did you mean "gameday"`},
		{ThirdPartyOutage{Host: news, VPC: "gameday"}, map[string]string{"chaos": "allowed"}, "chaos=allowed"},
		{ThirdPartyOutage{CIDRs: []string{"203.0.113.0/24"}, Subnets: []string{"private-a"}}, map[string]string{"chaos": "allowed"}, "chaos=allowed"},
		{ThirdPartyOutage{CIDRs: []string{"10.0.0.0/8"}, VPC: "gameday"}, nil, "the VPC's own addresses"},
		{ThirdPartyOutage{CIDRs: twenty(), VPC: "gameday"}, nil, "would need 21 rules"},
	} {
		s := scope()
		s.RequireTags = test.tags
		if p, err := test.outage.Plan(labtest.Patience(t), a.Env, s); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, %v, want %s", test.outage, p, err, test.want)
		}
	}
}

// twenty are as many ranges as a network ACL has room for, if it has nothing else.
func twenty() []string {
	var all []string
	for i := range 20 {
		all = append(all, "198.18."+string(rune('0'+i%10))+"."+string(rune('0'+i/10))+"/32")
	}
	return all
}

func TestWhatAnExpertWouldRaise(t *testing.T) {
	t.Parallel()
	a := open(t)
	if err := a.World.SetFirewallFailsOpen(a.World.VPCs()[0].ID, true); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		outage ThirdPartyOutage
		want   []string
	}{
		{ThirdPartyOutage{Host: "*.amazonaws.com", VPC: "gameday"}, []string{"cached", "by address", "CNAME", "fails open", "is AWS itself"}},
		{ThirdPartyOutage{CIDRs: []string{"2001:db8:ffff::/48"}, Subnets: []string{"private-a"}}, []string{"change hands", "has no IPv6", "may start tasks in private-b"}},
	} {
		warnings := a.plan(t, &test.outage).Warnings
		for _, part := range test.want {
			if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, part) }) {
				t.Errorf("nothing says %q:\n%s", part, strings.Join(warnings, "\n"))
			}
		}
	}
}

func TestRehearsalFindsWhatIsNotPermitted(t *testing.T) {
	t.Parallel()
	a := open(t)
	s := a.step(t, &ways[1].outage)
	a.Intercept(wire.From(1, func(c wire.Call) bool { return c.Action == "CreateNetworkAcl" }, wire.Refuse(protocol.Denied)))
	if err := s.Rehearse(labtest.Patience(t), a.Env); err == nil || !strings.Contains(err.Error(), "ec2:CreateNetworkAcl") {
		t.Errorf("rehearsed: %v", err)
	}
}

var (
	_ attr.Validator      = (*ThirdPartyOutage)(nil)
	_ injectors.Rehearser = (*Step)(nil)
	_ injectors.Insurer   = (*Step)(nil)
)
