package topology

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func service(t *testing.T, topology *Topology, name string) *Service {
	t.Helper()
	for _, s := range topology.Services {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no service %q", name)
	return nil
}

func TestBuiltinTopologyIsSoundWithEachWeakness(t *testing.T) {
	weaknesses, err := Weaknesses(Builtin, BuiltinName)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"single_task", "slow_health_check", "no_replacement", "slow_service", "unsteady", "no_metrics",
		"public_image", "fetch_at_start", "one_nat_gateway", "live_dependency", "no_endpoints"} {
		if _, err := Load("", []string{name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, w := range weaknesses {
		if w.Description == "" {
			t.Errorf("%s has no description", w.Name)
		}
	}
}

func TestAWeaknessOverridesOnlyWhatItMentions(t *testing.T) {
	well, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := Load("", []string{"slow_health_check"})
	if err != nil {
		t.Fatal(err)
	}
	before, after := service(t, well, "conversations"), service(t, weak, "conversations")
	if after.Health.Interval != "30s" || after.Health.Unhealthy != 3 {
		t.Errorf("not weakened: %+v", after.Health)
	}
	if after.Health.Timeout != before.Health.Timeout || after.Health.Path != before.Health.Path || after.Tasks != before.Tasks {
		t.Errorf("the rest changed too: %+v became %+v", before, after)
	}
}

func TestMistakesAreAllReportedWhereTheyAre(t *testing.T) {
	const source = `
cluster "web" {}
service "comments" {
  latency      = "fast"
  target_type  = "pod"
  tasks        = -1
  healthcheck {}
}
servise "x" {}
weakness "w" {
  description = "d"
  service "comments" {
    drain = "7"
  }
}
`
	_, err := Parse([]byte(source), "mine.hcl", []string{"ww"})
	var diags hcl.Diagnostics
	if !errors.As(err, &diags) {
		t.Fatalf("not diagnostics: %v", err)
	}
	var all strings.Builder
	for _, d := range diags {
		if d.Subject == nil && d.Summary != "Unknown weakness" {
			t.Errorf("points nowhere: %v", d)
		}
		all.WriteString(d.Error() + "\n")
	}
	for _, want := range []string{`mine.hcl:7`, `Did you mean "service"?`, `mine.hcl:13`, `needs a unit`, `Did you mean "w"?`, `"pod" is not known here`, `-1 is too little`} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("missing %q in:\n%s", want, all.String())
		}
	}
}

func TestReferencesAndWordsAreChecked(t *testing.T) {
	for source, want := range map[string]string{
		`service "a" { cluster = "web" }`:                             `"web" is not known here`,
		"cluster \"web\" {}\nservice \"a\" { target_type = \"ipp\" }": `Did you mean "ip"?`,
		`account = "12"`:                   "twelve digits",
		`cidr = "10.0.0.0/24"`:             "/16",
		`cloudwatch { resolution = "0s" }`: "above zero",
		`auto_scaling_group "g" { suspended_processes = ["Lunch"] }`:                                                               `Did you mean "Launch"?`,
		"cluster \"web\" {}\nservice \"a\" { tasks = -1 }":                                                                         "mine.hcl:2,23",
		`network { nat_gateways = "two" }`:                                                                                         `"two" is not known here`,
		`network { endpoints = ["ecr.apy"] }`:                                                                                      `Did you mean "ecr.api"?`,
		"third_party \"x\" {\n host = \"x.example\"\n kind = \"nmp\"\n}":                                                           `Did you mean "npm"?`,
		"third_party \"x\" {\n host = \"x.example\"\n address = \"::1\"\n}":                                                        "no IPv4 address",
		"cluster \"web\" {}\nservice \"a\" { fetches = [\"npm:express\"] }":                                                        `"npm" is not known here`,
		"cluster \"web\" {}\nthird_party \"npm\" { host = \"x.example\" }\nservice \"a\" { fetches = [\"npm\"] }":                  "needs a third party and a package",
		"cluster \"web\" {}\nservice \"a\" {\n call \"scores\" {}\n}":                                                              `"scores" is no third party`,
		"cluster \"web\" {}\nthird_party \"s\" { host = \"x.example\" }\nservice \"a\" {\n call \"s\" { timeout = \"7\" }\n}":      "mine.hcl:4",
		"cluster \"web\" {}\nservice \"a\" { when_full = \"503s\" }":                                                               `Did you mean "503"?`,
		"cluster \"web\" {}\nservice \"a\" {\n auto_scaling { max = 3 }\n}":                                                        "It needs one target",
		"cluster \"web\" {}\nservice \"a\" {\n tasks = 4\n auto_scaling { max = 3 }\n}":                                            "the 4 tasks of the service between them, not 0 and 3",
		"cluster \"web\" {}\nservice \"a\" {\n auto_scaling {\n max = 3\n target_requests_per_target = 5\n }\n}":                   "Without a load balancer",
		"cluster \"web\" {}\nservice \"a\" {\n daemon = true\n auto_scaling {\n max = 3\n target_cpu = \"50%\"\n }\n}":             "A daemon has one task",
		"cluster \"web\" {}\nservice \"a\" {\n auto_scaling {\n max = 3\n target_cpu = \"50%\"\n scale_in_cooldown = \"5\"\n }\n}": "needs a unit",
		`auto_scaling_group "g" { image_pull_behavior = "allways" }`:                                                               `Did you mean "always"?`,
	} {
		if _, err := Parse([]byte(source), "mine.hcl", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n\twant %q\n\tgot %v", source, want, err)
		}
	}
}
