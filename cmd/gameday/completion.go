package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// Scripts that ask the program itself what may come next, through urfave/cli's --generate-bash-completion.
var completionScripts = map[string]string{
	"bash": `_gameday() {
  local words=("${COMP_WORDS[@]:0:$COMP_CWORD}")
  local next=$("${words[@]}" --generate-bash-completion 2>/dev/null)
  COMPREPLY=($(compgen -W "$next" -- "${COMP_WORDS[$COMP_CWORD]}") $(compgen -f -- "${COMP_WORDS[$COMP_CWORD]}"))
}
complete -o filenames -F _gameday gameday
`,
	"zsh": `#compdef gameday
_gameday() {
  local -a next
  next=("${(@f)$("${(@)words[1,$CURRENT-1]}" --generate-bash-completion 2>/dev/null)}")
  compadd -- $next
  _files
}
compdef _gameday gameday
`,
	"fish": `complete -c gameday -a "(commandline -opc | string join ' ' | read -l so_far; eval $so_far --generate-bash-completion 2>/dev/null)"
`,
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script of a shell",
		ArgsUsage: "bash|zsh|fish",
		Description: "Examples:\n" +
			"  source <(gameday completion bash)\n" +
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
