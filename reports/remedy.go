package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Remedy is something that a person can do where gameday could not undo: lines to paste into a shell, in order.
type Remedy struct {
	Title string
	Lines []string
}

// Remedies say how to take back by hand what gameday could not.
func (r *Result) Remedies() []Remedy {
	var left []Step
	for _, s := range slices.Backward(r.Steps) {
		if s.State == StepNotUndone {
			left = append(left, s)
		}
	}
	return Remedies(r.Run, r.Environment, left)
}

// Remedies say how to undo steps by hand, in that order. Where somebody else has changed a target, a person has to decide, and the
// two choices stand apart: nobody is to paste both. Run is "" where steps were found without it.
func Remedies(run string, at Environment, steps []Step) []Remedy {
	setup, check := "export AWS_PAGER= AWS_REGION="+at.Region, "gameday rollback --scan --region "+at.Region
	if run != "" {
		setup, check = setup+" GAMEDAY_RUN_ID="+run, "gameday rollback "+run
	}
	if run != "" && at.RunsDir != "" {
		check = "gameday rollback --runs-dir '" + strings.ReplaceAll(at.RunsDir, "'", `'\''`) + "' " + run
	}
	plain := []string{setup}
	var choices []Remedy
	for _, s := range steps {
		if len(s.Keep) > 0 {
			choices = append(choices,
				Remedy{"Somebody else has changed the target of " + s.subject() + ". Either have it as it was before the run", slices.Insert(slices.Clone(s.Manual), 0, setup)},
				Remedy{"or leave it as they have made it, and remove only what is ours", slices.Insert(slices.Clone(s.Keep), 0, setup)})
			continue
		}
		if s.N > 0 && len(s.Manual) > 0 {
			plain = append(plain, "# --- "+s.subject())
		}
		plain = append(plain, s.Manual...)
	}
	var all []Remedy
	if len(plain) == 1 && len(choices) == 0 {
		return nil
	}
	if len(plain) > 1 {
		all = []Remedy{{fmt.Sprintf("To finish by hand, with credentials of account %s, paste this into a shell (twice does no harm)", at.Account), plain}}
	}
	return append(append(all, choices...), Remedy{"Then let gameday see that nothing is left, which also lets new runs begin", []string{check}})
}

func (s Step) subject() string {
	if s.N == 0 {
		return s.Text
	}
	return fmt.Sprintf("step %d", s.N)
}

// WriteRemedies writes them for a terminal.
func WriteRemedies(w io.Writer, all []Remedy) error {
	for _, r := range all {
		if _, err := fmt.Fprintf(w, "\n%s:\n  %s\n", r.Title, strings.Join(r.Lines, "\n  ")); err != nil {
			return err
		}
	}
	return nil
}
