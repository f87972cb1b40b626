package experiments

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
)

// admits checks the rules on who acts where. It comes before anything else is looked at.
func (g Guard) admits(id cloud.Identity) error {
	if len(g.Accounts) > 0 && !slices.Contains(g.Accounts, id.Account) {
		return &Refusal{"accounts", fmt.Sprintf("the credentials belong to account %s, and only %s is allowed: use another profile, or add the account if that is what you mean",
			id.Account, strings.Join(g.Accounts, ", "))}
	}
	return nil
}

// allows checks the rules on what the plan touches. A rule that cannot be checked refuses.
func (g Guard) allows(p *Plan) error {
	if g.MaxTargets != nil {
		if n := len(distinct(p.Targets)); n > *g.MaxTargets {
			return &Refusal{"max_targets", fmt.Sprintf("the plan touches %d targets (%s) and at most %d are allowed", n, names(p.Targets), *g.MaxTargets)}
		}
	}
	if g.MaxPercent != nil {
		if err := g.allowsShare(p); err != nil {
			return err
		}
	}
	for _, t := range p.Targets {
		for _, key := range slices.Sorted(maps.Keys(g.RequireTags)) {
			if want := g.RequireTags[key]; t.Tags[key] != want {
				return &Refusal{"require_tags", fmt.Sprintf("%s does not carry the tag %s=%s", t.ID, key, want)}
			}
		}
	}
	return nil
}

func (g Guard) allowsShare(p *Plan) error {
	hit := map[string][]injectors.Target{}
	for _, t := range p.Targets {
		if t.Group == "" {
			return &Refusal{"max_percent", fmt.Sprintf("%s is not one of a known number, so its share cannot be checked", t.ID)}
		}
		hit[t.Group] = append(hit[t.Group], t)
	}
	for _, name := range slices.Sorted(maps.Keys(hit)) {
		at := slices.IndexFunc(p.Groups, func(of injectors.Population) bool { return of.Name == name })
		if at < 0 || p.Groups[at].Size == 0 {
			return &Refusal{"max_percent", fmt.Sprintf("how many %s there are is not known, so the share cannot be checked", name)}
		}
		n, size := len(distinct(hit[name])), p.Groups[at].Size
		if share := float64(n) / float64(size); share > *g.MaxPercent {
			return &Refusal{"max_percent", fmt.Sprintf("%d of %d %s is %.3g%%, and at most %.3g%% is allowed", n, size, name, share*100, *g.MaxPercent*100)}
		}
	}
	return nil
}

func distinct(targets []injectors.Target) []string {
	ids := make([]string, 0, len(targets))
	for _, t := range targets {
		ids = append(ids, t.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func names(targets []injectors.Target) string { return strings.Join(distinct(targets), ", ") }
