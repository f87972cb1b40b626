package execfault

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/command"
)

// Step is one fault that commands make.
type Step struct {
	ID       string // the same for doing and undoing, and for a repetition with the same seed
	Command  []string
	Reversal []string // nil where there is none
	Env      map[string]string
	Dir      string // absolute
	Timeout  attr.Timeout
	Words    string // what it does, may be empty
}

func (s *Step) String() string {
	if s.Words != "" {
		return s.Words + ": " + shell(s.Command)
	}
	return "run " + shell(s.Command)
}

// Describe says how the command is taken back. Which permissions it needs, only its author knows.
func (s *Step) Describe() injectors.Description {
	if s.Reversal == nil {
		return injectors.Description{Undo: "nothing", Irreversible: "it has no undo command"}
	}
	return injectors.Description{
		Undo: "run " + shell(s.Reversal),
		Manual: []string{
			"# run the undo command where and as gameday does, on the machine of the run. It is done when this shows 0",
			fmt.Sprintf("(cd %s && %s && %s); echo $?", command.Quote(s.Dir), s.exports(), shell(s.Reversal)),
		},
	}
}

// exports sets the variables of the command in a shell.
func (s *Step) exports() string {
	text := "export GAMEDAY_STEP=" + s.ID
	for _, key := range slices.Sorted(maps.Keys(s.Env)) {
		text += " " + key + "=" + command.Quote(s.Env[key])
	}
	return text
}

// shell writes a command as a shell reads it back.
func shell(args []string) string {
	words := make([]string, 0, len(args))
	for _, word := range args {
		words = append(words, command.Quote(word))
	}
	return strings.Join(words, " ")
}

// Do runs the command. One that fails may still have had an effect, and is undone like any other.
func (s *Step) Do(ctx context.Context, env *cloud.Env) error { return s.run(ctx, env, s.Command) }

// Undo runs the undo command, if there is one, whether or not Do ever ran.
func (s *Step) Undo(ctx context.Context, env *cloud.Env) error {
	if s.Reversal == nil {
		return injectors.ErrStays
	}
	return s.run(ctx, env, s.Reversal)
}

func (s *Step) run(ctx context.Context, env *cloud.Env, args []string) error {
	vars := maps.Clone(s.Env)
	if vars == nil {
		vars = map[string]string{}
	}
	vars["GAMEDAY_STEP"] = s.ID
	out, err := command.Command{Args: args, Env: vars, Dir: s.Dir, Timeout: s.Timeout.Std()}.Run(ctx, env)
	if err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	env.Log.Debug("command ended", "command", args, "stdout", string(out))
	return nil
}
