package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets more tests run at a time than there are processors: most of their time they wait for the lab.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"gameday": main})
}

// TestScripts meets the command line as a user does. Each script is about one behaviour and asserts only that.
// rehearsal.hcl is there for all of them: an experiment so short that many fit into a minute.
func TestScripts(t *testing.T) {
	rehearsal, err := os.ReadFile("testdata/rehearsal.hcl")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "NO_COLOR=1", "AWS_EC2_METADATA_DISABLED=true")
			return os.WriteFile(filepath.Join(e.WorkDir, "rehearsal.hcl"), rehearsal, 0o600)
		},
	})
}
