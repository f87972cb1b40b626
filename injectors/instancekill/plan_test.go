package instancekill

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"gameday/injectors"
	"gameday/internal/lab"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

func TestPlanOfTheBuiltInPlatform(t *testing.T) {
	t.Parallel()
	a := open(t, lab.Options{})
	kill := func(seed uint64) *injectors.Plan {
		p, err := (&InstanceKill{Mode: Terminate, Cluster: "web"}).Plan(labtest.Patience(t), a.env, scope(seed, map[string]string{"chaos": "allowed"}))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := kill(7)
	if len(p.LeftOut) != 1 || !strings.Contains(p.LeftOut[0].Why, `service search keeps docker volume "index"`) {
		t.Errorf("left out: %+v", p.LeftOut)
	}
	if want := []injectors.Population{{Name: "instances of cluster web", Size: 6}}; !slices.Equal(p.Groups, want) {
		t.Errorf("picked from %+v, want %+v", p.Groups, want)
	}
	if len(p.Targets) != 1 || p.Targets[0].Tags["chaos"] != "allowed" || p.Targets[0].Group != p.Groups[0].Name {
		t.Errorf("targets: %+v", p.Targets)
	}
	hit := injectors.Impact{What: "tasks of service web/conversations", Hit: 1, Of: 6}
	if !slices.Contains(p.Impacts, hit) {
		t.Errorf("impacts %+v lack %+v", p.Impacts, hit)
	}
	if zone := (injectors.Impact{What: "instances of cluster web in " + p.Steps[0].(*Step).Zone, Hit: 1, Of: 2}); !slices.Contains(p.Impacts, zone) {
		t.Errorf("impacts %+v lack %+v", p.Impacts, zone)
	}
	if again := kill(7); !reflect.DeepEqual(again, p) {
		t.Errorf("the same seed planned %v, then %v", p.Steps, again.Steps)
	}
	picked := map[string]bool{}
	for seed := range uint64(40) {
		picked[kill(seed).Targets[0].ID] = true
	}
	if len(picked) != 5 {
		t.Errorf("40 seeds picked %d of 5 instances", len(picked))
	}
	if w := labtest.Writes(a.Lab); len(w) > 0 {
		t.Errorf("planning wrote: %v", w)
	}
	if more := labtest.Undeclared(a.Calls(), Kind().Permissions); len(more) > 0 {
		t.Errorf("calls that no permission is listed for: %v", more)
	}
}

func TestWhatIsSelected(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	web, patient, spot := a.in("web"), a.in("patient"), a.in("spot")
	all := 9
	const arn = "arn:aws:ecs:eu-west-1:123456789012:"
	inZone := slices.IndexFunc(web, func(id string) bool { return a.instance(t, id).Zone == "eu-west-1b" })
	tests := []struct {
		name string
		kill InstanceKill
		want []string
	}{
		{"a cluster", InstanceKill{Cluster: "web"}, slices.Concat(web, patient)},
		{"a cluster by its ARN", InstanceKill{Cluster: arn + "cluster/web"}, slices.Concat(web, patient)},
		{"a service by its ARN", InstanceKill{Cluster: "web", Service: arn + "service/web/lonely"}, patient},
		{"a service of it", InstanceKill{Cluster: "web", Service: "lonely"}, patient},
		{"a group", InstanceKill{AutoScalingGroup: "web"}, web},
		{"a cluster and a group", InstanceKill{Cluster: "web", AutoScalingGroup: "patient"}, patient},
		{"tags", InstanceKill{Tags: map[string]string{"chaos": "allowed"}}, slices.Concat(web, spot)},
		{"tags are no patterns", InstanceKill{Tags: map[string]string{"team": "*"}}, nil},
		{"all of the tags", InstanceKill{Tags: map[string]string{"chaos": "allowed", "team": "spot"}}, spot},
		{"a zone of a group", InstanceKill{AutoScalingGroup: "web", Zone: "eu-west-1b"}, web[inZone : inZone+1]},
		{"ids", InstanceKill{IDs: web[:2]}, web[:2]},
		{"ids in a zone that they are not in", InstanceKill{IDs: patient, Zone: "eu-west-1z"}, nil},
		{"an id that is not", InstanceKill{IDs: []string{"i-0123456789abcdef0"}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.kill.Mode, test.kill.Count = Terminate, &all
			if len(test.want) > 0 {
				n := len(test.want)
				test.kill.Count = &n
			}
			p, err := test.kill.Plan(labtest.Patience(t), a.env, scope(1, nil))
			if (err != nil) != (test.want == nil) {
				t.Fatal(err)
			}
			if err != nil {
				return
			}
			var got []string
			for _, target := range p.Targets {
				got = append(got, target.ID)
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("picked %v, want %v", got, test.want)
			}
		})
	}
}

func TestWhyNobodyIsKilled(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	ten := 10
	tests := []struct {
		name string
		kill InstanceKill
		tags map[string]string // that the guard requires
		want []string          // parts of the error
	}{
		{"a cluster that is not", InstanceKill{Cluster: "wep"}, nil, []string{`did you mean "web"`}},
		{"a service that is not", InstanceKill{Cluster: "web", Service: "fronts"}, nil, []string{`did you mean "front"`}},
		{"a group that is not", InstanceKill{AutoScalingGroup: "wbe"}, nil, []string{`did you mean "web"`}},
		{"nothing matches", InstanceKill{AutoScalingGroup: "web", Zone: "eu-west-1z"}, nil, []string{"no instance in Auto Scaling group web", "eu-west-1z"}},
		{"state", InstanceKill{Cluster: "kept"}, nil, []string{`service database keeps EBS volume "data"`, "allow_stateful"}},
		{"a missing tag", InstanceKill{AutoScalingGroup: "patient"}, map[string]string{"chaos": "allowed"}, []string{"chaos=allowed", "1 of 1"}},
		{"a tag that one of two lacks", InstanceKill{IDs: slices.Concat(a.in("web")[:1], a.in("patient"))}, map[string]string{"chaos": "allowed"}, []string{a.in("patient")[0], "1 of 2"}},
		{"spot instances cannot be stopped", InstanceKill{Mode: Stop, AutoScalingGroup: "spot"}, nil, []string{"spot", "2 of 2"}},
		{"nor can instance stores", InstanceKill{Mode: ForceStop, AutoScalingGroup: "old"}, nil, []string{"instance store"}},
		{"too few", InstanceKill{AutoScalingGroup: "web", Count: &ten}, nil, []string{"asked for 10 targets and only 3"}},
		{"too few, for a reason", InstanceKill{Cluster: "web", Count: &ten}, map[string]string{"chaos": "allowed"}, []string{"asked for 10 targets and only 3", "chaos=allowed"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.kill.Mode == "" {
				test.kill.Mode = Terminate
			}
			p, err := test.kill.Plan(labtest.Patience(t), a.env, scope(1, test.tags))
			if err == nil {
				t.Fatalf("planned %v", p.Steps)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("does not say %q:\n%v", part, err)
				}
			}
		})
	}
}

func TestWhatDoesNotRunIsLeftOut(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	stopped := a.in("patient")[0]
	if _, err := a.World.StopInstances([]string{stopped}, false); err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "it stops", func() bool { return a.instance(t, stopped).State == world.Stopped })
	p := a.plan(t, &InstanceKill{Mode: Terminate, Cluster: "web"})
	if want := []injectors.LeftOut{{ID: stopped, Why: "it is stopped"}}; !slices.Equal(p.LeftOut, want) {
		t.Errorf("left out %+v, want %+v", p.LeftOut, want)
	}
	if p.Groups[0].Size != 3 {
		t.Errorf("picked from %+v, of which one is of no use", p.Groups)
	}
}

func TestWhatAnExpertWouldRaise(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	three := 3
	tests := []struct {
		name string
		kill InstanceKill
		want []string // a part of a warning each, and no others
	}{
		{"nothing", InstanceKill{Mode: Terminate, AutoScalingGroup: "web"}, nil},
		{"the last task, and no replacement", InstanceKill{Mode: Terminate, AutoScalingGroup: "patient"},
			[]string{"suspended HealthCheck, ReplaceUnhealthy", "runs the last task of service web/lonely"}},
		{"the last task", InstanceKill{Mode: Stop, AutoScalingGroup: "patient"}, []string{"runs the last task of service web/lonely"}},
		{"all tasks", InstanceKill{Mode: Terminate, AutoScalingGroup: "web", Count: &three}, []string{"all 3 running tasks of service web/front"}},
		{"a group that will not wait", InstanceKill{Mode: Stop, AutoScalingGroup: "web"}, []string{"takes a stopped instance for unhealthy"}},
		{"protections, and state", InstanceKill{Mode: Terminate, Cluster: "kept", AllowStateful: true},
			[]string{"manages termination protection", `keeps EBS volume "data"`, "has termination protection", "protected from scale in", "last task of service kept/database"}},
		{"stop protection", InstanceKill{Mode: ForceStop, Cluster: "kept", AllowStateful: true},
			[]string{"manages termination protection", "for unhealthy", `keeps EBS volume "data"`, "has stop protection", "protected from scale in", "last task of service kept/database"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := a.plan(t, &test.kill).Warnings
			if len(got) != len(test.want) {
				t.Errorf("%d warnings, want %d:\n%s", len(got), len(test.want), strings.Join(got, "\n"))
			}
			for _, part := range test.want {
				if !slices.ContainsFunc(got, func(w string) bool { return strings.Contains(w, part) }) {
					t.Errorf("nothing says %q:\n%s", part, strings.Join(got, "\n"))
				}
			}
		})
	}
}
