package injectors

import (
	"context"

	"gameday/internal/cloud"
)

// Lasting is a Step that can tell whether its fault is still in effect. It is asked right before Undo: what has ended by then,
// by whoever's hand, proves nothing of the time since.
type Lasting interface {
	// Lasts says what has become of the fault, "" while it is in effect.
	Lasts(ctx context.Context, env *cloud.Env) (ended string, err error)
}
