package injectors

import (
	"context"

	"gameday/internal/cloud"
)

// Insurer is a Step whose fault AWS itself can end by plain API calls, should the runner's machine be lost.
type Insurer interface {
	// Insure gets ready what Do will need, harming nobody yet (a copy of a route table that nothing uses), and returns
	// the calls that end the fault, each by itself and in any state that Do may leave; none where it ends by itself. It comes after the step has been
	// journaled and before Do, and may be called again.
	Insure(ctx context.Context, env *cloud.Env) ([]Call, error)
}

// Call is an AWS API call as data.
type Call = cloud.Call

// Found is a step that is in effect although no journal may tell of it, read back from what AWS shows.
type Found struct {
	Run  string // as the tag says
	Step Step   // whole enough to be undone
}
