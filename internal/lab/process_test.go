package lab

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"gameday/internal/lab/world"
)

// TestMain lets the test binary play a real process of the lab.
func TestMain(m *testing.M) {
	if os.Getenv("GAMEDAY_TEST_SERVE") == "" {
		os.Exit(m.Run())
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, fmt.Sprint(os.Getpid()))
	})
	if err := http.ListenAndServe("127.0.0.1:"+os.Args[1], handler); err != nil {
		os.Exit(1)
	}
}

func TestARealProcessDiesWithItsInstance(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GAMEDAY_TEST_SERVE", "1")
	file := filepath.Join(t.TempDir(), "topology.hcl")
	source := fmt.Sprintf(`
cluster "web" {}
auto_scaling_group "web" {
  cluster = "web"
  desired = 2
}
load_balancer "web" {}
service "real" {
  tasks              = 2
  distinct_instances = true
  load_balancer      = "web"
  command            = [%q, "$${port}"]
  health_check {
    interval = "100ms"
  }
}
`, self)
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Start(t.Context(), Options{Topology: file})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	pids := map[string]bool{}
	eventually(t, "both processes answer", func() bool {
		pids[body(t, l.url("/"))] = true
		return len(pids) == 2
	})
	if _, err := l.World.StopInstances([]string{l.World.Instances()[0].ID}, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its instance is off", func() bool { return l.World.Instances()[0].State == world.Stopped })
	eventually(t, "one process is left", func() bool {
		one, next := body(t, l.url("/")), body(t, l.url("/"))
		return l.healthy(t, "real") == 1 && one == next
	})
}

func body(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
