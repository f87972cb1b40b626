package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"gameday/internal/lab/topology"
)

// Scripts that ask the program itself what may come next, through the complete command. Where it has no answer, a
// file is meant.
var completionScripts = map[string]string{
	"bash": `_gameday() {
  local word="${COMP_WORDS[$COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:$COMP_CWORD}" 2>/dev/null)" -- "$word"))
}
complete -o default -F _gameday gameday
`,
	"zsh": `#compdef gameday
_gameday() {
  local -a next
  next=(${(f)"$("${words[1]}" complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  (( $#next )) && compadd -a next || _files
}
compdef _gameday gameday
`,
	"fish": `function __gameday_next
  set -l words (commandline -opc)
  $words[1] complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c gameday -a '(__gameday_next)'
`,
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script of a shell",
		ArgsUsage: "bash|zsh|fish",
		Description: "Examples:\n" +
			"  source <(gameday completion bash)\n" +
			"  source <(gameday completion zsh)   # after compinit\n" +
			"  gameday completion fish > ~/.config/fish/completions/gameday.fish",
		Action: printing(func(c *cli.Context) error {
			if err := atMost(c, 1); err != nil {
				return err
			}
			script, ok := completionScripts[c.Args().First()]
			if !ok {
				return fmt.Errorf("completion takes one shell: bash, zsh or fish")
			}
			_, err := fmt.Fprint(c.App.Writer, script)
			return err
		}),
	}
}

// completeCommand prints what the last word may become, a line each, given all words after the program's name.
func completeCommand() *cli.Command {
	return &cli.Command{
		Name:            "complete",
		Hidden:          true,
		HideHelp:        true,
		SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			for _, candidate := range candidates(c.App, c.Args().Slice()) {
				fmt.Fprintln(c.App.Writer, candidate)
			}
			return nil
		},
	}
}

func candidates(app *cli.App, words []string) []string {
	if len(words) < 2 {
		return commandNames(app)
	}
	command := app.Command(words[0])
	if command == nil {
		return nil
	}
	last, before := words[len(words)-1], words[len(words)-2]
	switch {
	case len(words) > 2 && strings.HasPrefix(before, "-") && takesValue(command, before):
		return values(strings.TrimLeft(before, "-"), words)
	case strings.HasPrefix(last, "-"):
		return flagNames(command)
	}
	return arguments(command, words[1:])
}

// values are those of a flag, where they are known.
func values(flag string, words []string) []string {
	switch flag {
	case "experiment", "e":
		return pastExperiments(runsDirOf(words))
	case "verdict":
		return verdictNames()
	case "as":
		if words[0] == "compare" || words[0] == "trend" {
			return []string{"text", "json", "html"}
		}
		return formatNames()
	case "format":
		return []string{"text", "json"}
	case "weakness":
		return weaknessNames()
	}
	return nil
}

// arguments are those of a command, where they are no files.
func arguments(command *cli.Command, words []string) []string {
	switch command.Name {
	case "kinds":
		return kindNames(kindPages())
	case "trend":
		return pastExperiments(runsDirOf(words))
	case "completion":
		return []string{"bash", "zsh", "fish"}
	case "rollback", "stop", "report", "compare":
		ids, err := runIDs(runsDirOf(words))
		if err != nil {
			return nil
		}
		return ids
	}
	return nil
}

// pastExperiments are those that there are runs of.
func pastExperiments(runsDir string) []string {
	all, err := summaries(runsDir)
	if err != nil {
		return nil
	}
	return experimentNames(all)
}

// runsDirOf is the folder of runs as far as it has been typed.
func runsDirOf(words []string) string {
	if i := slices.Index(words, "--runs-dir"); i >= 0 && i+1 < len(words) {
		return words[i+1]
	}
	return cmp.Or(os.Getenv(runsDirVar), "runs")
}

func weaknessNames() (names []string) {
	all, err := topology.ListWeaknesses("")
	if err != nil {
		return nil
	}
	for _, w := range all {
		names = append(names, w.Name)
	}
	return names
}
