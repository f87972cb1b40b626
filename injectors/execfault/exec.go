package execfault

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/cloud"
)

// Exec is a fault that two commands make and take back.
type Exec struct {
	Do          []string          `hcl:"do" doc:"the command that does the fault and returns once it is in effect: program and arguments, no shell"`
	Undo        []string          `hcl:"undo,optional" doc:"the command that takes it back; without one the fault cannot be taken back"`
	Env         map[string]string `hcl:"env,optional" doc:"variables for both commands, beside those that gameday runs with; they are written to the journal, so no secrets"`
	Dir         string            `hcl:"dir,optional" doc:"where both commands run; where gameday was started if it is absent"`
	Timeout     attr.Timeout      `hcl:"timeout,optional" doc:"how long each command may take before it is killed, with all that it started"`
	Description string            `hcl:"description,optional" doc:"what the command does, in words, for plan and report"`
}

// Validate says which commands cannot be run.
func (e *Exec) Validate() []attr.Problem {
	var problems []attr.Problem
	if len(e.Do) == 0 || e.Do[0] == "" {
		problems = append(problems, attr.Problem{Attr: "do", Summary: "No command", Detail: `Write it like do = ["./fault.sh", "begin"].`})
	}
	if e.Undo != nil && (len(e.Undo) == 0 || e.Undo[0] == "") {
		problems = append(problems, attr.Problem{Attr: "undo", Summary: "No command", Detail: "Leave undo away if the fault cannot be taken back."})
	}
	if e.Timeout.Check() == nil && e.Timeout.Std() == 0 {
		problems = append(problems, attr.Problem{Attr: "timeout", Summary: "No time to run", Detail: `Set it to more than "0s".`})
	}
	return problems
}

// Momentary says that without undo nothing ends the fault.
func (e *Exec) Momentary() string {
	if e.Undo != nil {
		return ""
	}
	return "Without undo there is nothing that would end it. Add undo, or remove duration."
}

// Plan makes one step, whose target is the command itself: what it touches, nobody can know. So a guard that counts
// shares or requires tags refuses it.
func (e *Exec) Plan(_ context.Context, _ *cloud.Env, scope injectors.Scope) (*injectors.Plan, error) {
	dir, err := filepath.Abs(e.Dir)
	if err != nil {
		return nil, fmt.Errorf("find directory %q: %w", e.Dir, err)
	}
	s := &Step{
		ID:       fmt.Sprintf("%08x", scope.Rand.Uint32()),
		Command:  e.Do,
		Reversal: e.Undo,
		Env:      e.Env,
		Dir:      dir,
		Timeout:  e.Timeout,
		Words:    e.Description,
	}
	plan := &injectors.Plan{
		Steps:   []injectors.Step{s},
		Targets: []injectors.Target{{ID: shell(e.Do)}},
	}
	for _, command := range [][]string{e.Do, e.Undo} {
		if err := runnable(dir, command); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// runnable fails where the program of a command is missing, so that this shows before the fault and not at its undo.
func runnable(dir string, command []string) error {
	if len(command) == 0 {
		return nil
	}
	program := command[0]
	if strings.ContainsRune(program, filepath.Separator) && !filepath.IsAbs(program) {
		program = filepath.Join(dir, program)
	}
	if _, err := exec.LookPath(program); err != nil {
		return fmt.Errorf("there is no program %q to run: install it, or write where it is: %w", command[0], err)
	}
	return nil
}
