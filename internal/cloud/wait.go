package cloud

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNotYet is in the error of a Wait whose last look succeeded: AWS was asked, and it was not so.
var ErrNotYet = errors.New("not yet")

// Wait calls look every env.Poll until it reports done or ctx ends. A failure of look is remembered and the
// wait goes on, because a throttled or briefly failing API is no reason to give up on a rollback; where it is that the
// credentials have expired, they are read anew for the next look. When ctx ends, the error names what was waited for, the
// last state seen and the last failure.
func Wait(ctx context.Context, env *Env, what string, look func(context.Context) (state string, done bool, err error)) error {
	var state string
	var failure error
	tick := time.NewTicker(env.Poll)
	defer tick.Stop()
	for {
		seen, done, err := look(ctx)
		switch {
		case err == nil && done:
			return nil
		case err == nil:
			state, failure = seen, nil
		case ctx.Err() == nil:
			failure = err
			if Expired(err) {
				env.Renew()
			}
		}
		select {
		case <-ctx.Done():
			return gaveUp(ctx, what, state, failure)
		case <-tick.C:
		}
	}
}

func gaveUp(ctx context.Context, what, state string, failure error) error {
	err := fmt.Errorf("gave up waiting for %s: %w", what, context.Cause(ctx))
	switch {
	case failure != nil:
		return fmt.Errorf("%w (last look failed: %w)", err, failure)
	case state != "":
		return notYet{fmt.Errorf("%w (last seen: %s)", err, state)}
	}
	return err
}

// notYet marks an error as ErrNotYet without changing its words.
type notYet struct{ error }

func (n notYet) Is(target error) bool { return target == ErrNotYet }
func (n notYet) Unwrap() error        { return n.error }
