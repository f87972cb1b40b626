package experiments

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"gameday/internal/claim"
	"gameday/internal/journal"
	"gameday/reports"
)

// claimTargets claims what the plan touches, for as long as the run goes on. A *Refusal says that another run has it.
func claimTargets(plan *Plan, o RunOptions) (*claim.Claims, error) {
	if o.Claims == "" {
		return &claim.Claims{}, nil
	}
	folder, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	claims, err := claim.Take(o.Claims, claim.Owner{Run: o.ID, Folder: folder}, distinct(plan.Targets), cleared)
	var held *claim.HeldError
	if errors.As(err, &held) {
		return nil, &Refusal{Text: fmt.Sprintf("%s: wait until it is over, or stop it with `gameday stop %s`", held, held.Owner.Run)}
	}
	return claims, err
}

// cleared fails where a run that is over, one way or another, may have left something in effect.
func cleared(o claim.Owner) error {
	records, err := journal.Read(o.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return &Refusal{Text: fmt.Sprintf("run %s, which died, had some of these targets, and its journal is no longer in %s: `gameday rollback --scan` finds what it may have left; once that is nothing, remove %s", o.Run, o.Folder, o.File)}
	}
	if err != nil {
		return err
	}
	if n := len(journal.Pending(records)); n > 0 {
		return &Refusal{Text: fmt.Sprintf("run %s has left %s in effect, some of it on these targets: undo first with `gameday rollback --runs-dir %s %s`",
			o.Run, reports.Counted(n, "change"), filepath.Dir(o.Folder), filepath.Base(o.Folder))}
	}
	return nil
}

// releaseTargets gives the targets free. Where something is pending, the claims go on saying whose that is. The journal's word
// counts, and not what this process knows: it is by the journal that a rollback may still come for these targets.
func (x *execution) releaseTargets() {
	release := x.claims.Release
	if records, err := journal.Read(x.options.Dir); err != nil || len(journal.Pending(records)) > 0 {
		release = x.claims.Abandon
	}
	if err := release(); err != nil {
		x.say("the claims on the targets could not be given back: %v", err)
	}
}
