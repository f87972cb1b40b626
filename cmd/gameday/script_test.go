package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets more tests run at a time than there are processors: most of their time they wait for the lab.
// Where a test starts gameday as a process of its own, that is what this program is.
func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		main()
	}
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"gameday": main})
}

// TestScripts meets the command line as a user does. Each script is about one behaviour and asserts only that.
// These are there for all of them: rehearsal.hcl, an experiment so short that many fit into a minute, and the folder examples.
// A script that needs a processor for itself begins with [!sweep] skip.
func TestScripts(t *testing.T) {
	t.Parallel()
	rehearsal, err := os.ReadFile("testdata/rehearsal.hcl")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Condition:           condition,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"rehearse": rehearse},
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "NO_COLOR=1", "AWS_EC2_METADATA_DISABLED=true")
			if err := os.CopyFS(filepath.Join(e.WorkDir, "examples"), os.DirFS("../../experiments/examples")); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "rehearsal.hcl"), rehearsal, 0o600)
		},
	})
}

func condition(name string) (bool, error) {
	if name != "sweep" {
		return false, fmt.Errorf("no script condition is called %q", name)
	}
	return *sweep, nil
}

// rehearse is "exec gameday run" with another try where the machine was too slow.
func rehearse(ts *testscript.TestScript, neg bool, args []string) {
	for attempt := range tries {
		rest(attempt)
		err := ts.Exec("gameday", append([]string{"run"}, args...)...)
		if attempt < tries-1 && strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), starved) {
			continue
		}
		if failed := err != nil; failed != neg {
			ts.Fatalf("gameday run: %v", err)
		}
		return
	}
}
