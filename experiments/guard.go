package experiments

import (
	"errors"
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

// allows checks the rules on what the plan touches, and names every one that it breaks. A rule that cannot be checked
// refuses.
func (g Guard) allows(p *Plan) error {
	var broken []error
	if g.MaxTargets != nil {
		if n := len(distinct(p.Targets)); n > *g.MaxTargets {
			broken = append(broken, &Refusal{"max_targets", fmt.Sprintf("the plan touches %s (%s) and at most %d are allowed", injectors.Counted(n, "target"), names(p.Targets), *g.MaxTargets)})
		}
	}
	if g.MaxPercent != nil {
		broken = append(broken, g.allowsShare(p)...)
	}
	for _, key := range slices.Sorted(maps.Keys(g.RequireTags)) {
		without := slices.DeleteFunc(slices.Clone(p.Targets), func(t injectors.Target) bool { return t.Tags[key] == g.RequireTags[key] })
		if len(without) > 0 {
			broken = append(broken, &Refusal{"require_tags", fmt.Sprintf("the tag %s=%s is missing on %s", key, g.RequireTags[key], names(without))})
		}
	}
	if g.MaxRate != "" {
		if all, each := p.peaks(); all > g.MaxRate.PerSecond() {
			broken = append(broken, &Refusal{"max_rate", fmt.Sprintf("the loads come to %s together (%s) and at most %s is allowed", perSecond(all), strings.Join(each, ", "), g.MaxRate)})
		}
	}
	return errors.Join(broken...)
}

// peaks is how many requests a second the loads come to, all of them together and each in words.
func (p *Plan) peaks() (all float64, each []string) {
	peaks := map[string]float64{}
	for name, s := range p.Loads {
		peaks[name] = s.Rate
	}
	for _, s := range p.Steps {
		if growing, is := s.Step.(injectors.Growing); is {
			name, more := growing.Grows()
			peaks[name] += more
		}
	}
	for _, name := range slices.Sorted(maps.Keys(peaks)) {
		all += peaks[name]
		each = append(each, name+" "+perSecond(peaks[name]))
	}
	return all, each
}

func (g Guard) allowsShare(p *Plan) (broken []error) {
	hit := map[string][]injectors.Target{}
	for _, t := range p.Targets {
		if t.Group == "" {
			broken = append(broken, &Refusal{"max_percent", fmt.Sprintf("%s is not one of a known number, so its share cannot be checked", t.ID)})
			continue
		}
		hit[t.Group] = append(hit[t.Group], t)
	}
	for _, name := range slices.Sorted(maps.Keys(hit)) {
		at := slices.IndexFunc(p.Groups, func(of injectors.Population) bool { return of.Name == name })
		if at < 0 || p.Groups[at].Size == 0 {
			broken = append(broken, &Refusal{"max_percent", fmt.Sprintf("how many %s there are is not known, so the share cannot be checked", name)})
			continue
		}
		n, size := len(distinct(hit[name])), p.Groups[at].Size
		if share := float64(n) / float64(size); share > *g.MaxPercent {
			broken = append(broken, &Refusal{"max_percent", fmt.Sprintf("%d of %d %s is %.3g%%, and at most %.3g%% is allowed", n, size, name, share*100, *g.MaxPercent*100)})
		}
	}
	return broken
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
