package main

import (
	"strings"
	"testing"
)

func TestAPlanFitsItsTerminal(t *testing.T) {
	text := "Affects\n  1 of 2   50%   tasks of service web/hello (steps 2, 4-5)\n  ! answers that are cached already outlive this\n"
	want := `Affects
  1 of 2   50%   tasks of service
                 web/hello (steps 2,
                 4-5)
  ! answers that are cached already
    outlive this
`
	if got := broken(text, 36); got != want {
		t.Errorf("at 36 columns:\n%s", got)
	}
	if got := broken(text, 0); got != text {
		t.Errorf("where no terminal is:\n%s", got)
	}
}

func TestAPlanNamesTheStepsOfWhatItSays(t *testing.T) {
	for want, steps := range map[string][]int{"": nil, " (step 2)": {2}, " (steps 1-3, 5)": {1, 2, 3, 5}, " (steps 1, 3-4)": {1, 3, 4}} {
		if got := by(steps); got != want {
			t.Errorf("%v: %q, want %q", steps, got, want)
		}
	}
}

// TestAPlanSaysNothingTwice plans an experiment whose injects hit the same services.
func TestAPlanSaysNothingTwice(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	var text strings.Builder
	writePlan(&text, s.plan(t, s.env(t)), 0)
	_, said, _ := strings.Cut(text.String(), "\nAffects\n")
	seen := map[string]bool{}
	for line := range strings.Lines(said) {
		what, _, _ := strings.Cut(line, " (step")
		if what = strings.TrimSpace(what); what != "" && seen[what] {
			t.Errorf("twice: %s", what)
		}
		seen[what] = true
	}
	if !strings.Contains(said, "tasks of service web/hello (steps 2, 4-5)") {
		t.Errorf("does not say which steps hit a service:\n%s", said)
	}
}
