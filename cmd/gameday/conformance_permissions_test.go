package main

import (
	"slices"
	"testing"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/wire/services"
	labworld "gameday/internal/lab/world"
)

// beyondTheLab are IAM actions of calls that nothing in the lab gives occasion to.
var beyondTheLab = []string{
	"ec2:EnableVgwRoutePropagation", // it has no virtual private gateways
}

// TestPermissionsExist holds the IAM actions of every kind against the calls that the lab answers: one that is spelled wrong
// is missing from every policy that is made of it.
func TestPermissionsExist(t *testing.T) {
	writes := map[string]bool{}
	for _, s := range services.All(new(labworld.World), metrics.New(metrics.Options{})) {
		for _, o := range s.Operations {
			writes[o.IAM] = o.Write
		}
	}
	for _, k := range kindPages() {
		for _, action := range k.Permissions {
			write, known := writes[action]
			if !known && !slices.Contains(beyondTheLab, action) {
				t.Errorf("%s %s needs %s, which is no call that the lab knows: is it spelled right?", k.Role, k.Name, action)
			}
			if write && k.Role == "probe" {
				t.Errorf("probe %s needs %s, and a probe changes nothing", k.Name, action)
			}
		}
	}
}
