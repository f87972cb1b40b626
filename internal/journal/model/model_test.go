// Package model checks the protocol by which a run changes a target and everybody who is left takes that back: spin
// goes through all that can happen in protocol.pml. README.md says what that proves.
package model

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var sweep = flag.Bool("sweep", false, "search where more goes wrong at once, for minutes")

// search is one exhaustive search through the model.
type search struct {
	defines string // what is there, and how much may go wrong
	claim   string // the property of whole executions to search for violations of; "" for those of single states
}

func TestTheProtocolHolds(t *testing.T) {
	needSpin(t)
	searches := map[string]search{
		"two runs, one death":                  {defines: "CRASHES=1 TROUBLES=1 OPERATORS DEADMAN"},
		"one run, many deaths":                 {defines: "CRASHES=3 TROUBLES=1 OPERATORS DEADMAN RUNS=1"},
		"two steps":                            {defines: "CRASHES=1 TROUBLES=1 OPERATORS DEADMAN RUNS=1 STEPS=2"},
		"an operator undoes everything":        {defines: "CRASHES=1 TROUBLES=0 OPERATORS", claim: "an_operator"},
		"an operator who dies comes again":     {defines: "CRASHES=2 TROUBLES=1 OPERATORS RUNS=1", claim: "an_operator"},
		"what cannot be undone stops nothing":  {defines: "CRASHES=1 TROUBLES=0 OPERATORS RUNS=1 STEPS=2 STUCK", claim: "the_others"},
		"a watchdog alone undoes everything":   {defines: "CRASHES=3 TROUBLES=1 RUNS=1", claim: "a_watchdog"},
		"with everybody dead AWS ends a fault": {defines: "CRASHES=2 TROUBLES=0 DEADMAN RUNS=1", claim: "dead_man"},
	}
	if *sweep {
		searches["two runs, two deaths"] = search{defines: "CRASHES=2 TROUBLES=0 OPERATORS DEADMAN"}
		searches["two runs, trouble, and an operator"] = search{defines: "CRASHES=1 TROUBLES=1 OPERATORS", claim: "an_operator"}
		searches["two runs, and AWS alone"] = search{defines: "CRASHES=2 TROUBLES=1 DEADMAN", claim: "dead_man"}
	}
	for name, s := range searches {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, how := s.run(t)
			if found != "" {
				t.Errorf("violated: %s; how it comes to that:\n%s", found, how)
			} else {
				t.Logf("%s states", how)
			}
		})
	}
}

// TestWrongProtocolsDoNotHold shows that the model can fail: each mistake is found by the property that is against it.
func TestWrongProtocolsDoNotHold(t *testing.T) {
	needSpin(t)
	all := search{defines: "CRASHES=1 TROUBLES=1 OPERATORS DEADMAN"}
	for mistake, c := range map[string]struct {
		search
		violates string
	}{
		"WILL_AFTER_DO":         {all, "no_lost_undo"},
		"UNDONE_FIRST":          {all, "no_false_undone"},
		"NO_PATIENCE":           {all, "no_false_undone"},
		"DO_UNSEEN":             {all, "no_false_undone"},
		"ROLLBACK_WITHOUT_LOCK": {all, "one_writer"},
		"LOCK_STOLEN":           {all, "live_runs_alone"},
		"CLAIM_UNASKED":         {all, "one_changer"},
		"RELEASE_PENDING":       {all, "one_changer"},
		"UNDONE_BEFORE_DISARM":  {all, "one_changer"},
		"DISARM_WHAT_IS_SURE":   {all, "one_changer"},
		"UNDONE_THOUGH_ARMED":   {all, "one_changer"},
		"LOCK_BY_PID":           {search{defines: "CRASHES=1 OPERATORS RUNS=1", claim: "an_operator"}, "acceptance cycle"},
		"FAILURE_STOPS":         {search{defines: "CRASHES=1 TROUBLES=0 OPERATORS RUNS=1 STEPS=2 STUCK", claim: "the_others"}, "acceptance cycle"},
		"TORN_TAIL_LEFT":        {search{defines: "CRASHES=2 OPERATORS RUNS=1", claim: "an_operator"}, "acceptance cycle"},
		"WATCHDOG_AFTER_DO":     {search{defines: "CRASHES=1 RUNS=1", claim: "a_watchdog"}, "acceptance cycle"},
		"INSURE_AFTER_DO":       {search{defines: "CRASHES=2 RUNS=1 DEADMAN", claim: "dead_man"}, "acceptance cycle"},
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			c.defines += " WRONG_" + mistake
			if found, _ := c.run(t); !strings.Contains(found, c.violates) {
				t.Errorf("found %q, want a violation of %s", found, c.violates)
			}
		})
	}
}

const model = "protocol.pml"

func needSpin(t *testing.T) {
	t.Helper()
	for _, program := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s: apt-get install spin gcc libc6-dev", program)
		}
	}
}

var (
	violation = regexp.MustCompile(`(?m)^pan:1: (.*)$`)
	completed = regexp.MustCompile(`errors: 0\n +(\d+) states, stored`)
	cutShort  = regexp.MustCompile(`not completed|depth too small`)
)

// run has spin write the search as a C program, and runs that. It returns the first violation with the way there; or, if
// there is none, "" and through how many states it went. A search that was cut short proves nothing, and is a failure.
func (s search) run(t *testing.T) (found, how string) {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(model)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, model), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	compile := []string{"-DMEMLIM=1000", "-o", "pan", "pan.c"}
	if *sweep {
		compile = append(compile, "-O1") // it pays where there are many states
	}
	pan := []string{"-m10000", "-w22"}
	if s.claim == "" {
		compile = append(compile, "-DSAFETY", "-DNOCLAIM")
	} else {
		pan = append(pan, "-a", "-N", s.claim)
	}
	command(t, dir, "spin", s.spin("-a")...)
	command(t, dir, "gcc", compile...)
	said := command(t, dir, filepath.Join(dir, "pan"), pan...)
	if v := violation.FindStringSubmatch(said); v != nil {
		return v[1], command(t, dir, "spin", s.spin("-t", "-p", "-g")...)
	}
	c := completed.FindStringSubmatch(said)
	if c == nil || cutShort.MatchString(said) {
		t.Fatalf("the search was cut short:\n%s", said)
	}
	return "", c[1]
}

// spin is how to call spin for this search.
func (s search) spin(args ...string) []string {
	for define := range strings.FieldsSeq(s.defines) {
		args = append(args, "-D"+define)
	}
	return append(args, model)
}

func command(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
	return string(out)
}
