package lab

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/internal/lab/logs"
	"gameday/internal/lab/metrics"
	"gameday/internal/lab/topology"
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

func TestWhatARealProcessPrintsIsItsLog(t *testing.T) {
	account, err := topology.Parse([]byte(`
cluster "web" {}
auto_scaling_group "web" {
  cluster = "web"
  desired = 1
}
load_balancer "web" {}
service "broken" {
  load_balancer = "web"
  command       = ["sh", "-c", "echo starting; printf 'cannot bind' >&2; exit 3"]
}
`), "test.hcl", nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := world.New(account, metrics.New(metrics.Options{}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	eventually(t, "the log group has what it printed", func() bool {
		events, _ := w.Logs().Events("/ecs/broken", func(string) bool { return true }, time.Time{}, time.Now().Add(time.Hour))
		said := func(text string) bool {
			return slices.ContainsFunc(events, func(e logs.Event) bool { return e.Message == text })
		}
		return said("starting") && said("cannot bind")
	})
	hopeless, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := w.WaitSteady(hopeless); err == nil || !strings.Contains(err.Error(), "cannot bind") {
		t.Errorf("who waits is told %v", err)
	}
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
