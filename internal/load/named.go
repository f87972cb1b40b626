package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Named finds the load that a kind means by name. The name may be empty where there is only one load.
func Named(loads map[string]Load, name string) (Load, error) {
	known := slices.Sorted(maps.Keys(loads))
	if l, ok := loads[name]; ok {
		return l, nil
	}
	switch {
	case len(known) == 0:
		return nil, fmt.Errorf("the experiment has no load: add a load block")
	case name == "" && len(known) == 1:
		return loads[known[0]], nil
	case name == "":
		return nil, fmt.Errorf("which load is meant? Set load to one of %s", strings.Join(known, ", "))
	default:
		return nil, fmt.Errorf("no load is called %q: there is %s", name, strings.Join(known, ", "))
	}
}
