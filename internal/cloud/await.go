package cloud

import (
	"context"
	"errors"
	"fmt"
)

// failing is how many looks in a row may fail, each after the SDK's own attempts, before there is no use in more.
const failing = 2

// Await is Wait for those who may still turn back, as a Do may: it gives up where AWS refuses to show anything or does not
// answer, and after so many looks; without that bound where looks is 0.
func Await(ctx context.Context, env *Env, looks int, what string, look func(context.Context) (state string, done bool, err error)) error {
	var gaveUp error
	seen, failed := 0, 0
	err := Wait(ctx, env, what, func(ctx context.Context) (string, bool, error) {
		state, done, err := look(ctx)
		seen++
		failed++
		switch {
		case err == nil && done:
			return state, true, nil
		case err == nil:
			failed = 0
		case Declined(err), failed == failing:
			gaveUp = fmt.Errorf("look for %s: %w", what, err)
			return state, true, nil
		}
		if seen == looks {
			gaveUp = errors.Join(notYet{fmt.Errorf("looked %d times for %s (last seen: %s)", seen, what, state)}, err)
			return state, true, nil
		}
		return state, false, err
	})
	return errors.Join(gaveUp, err)
}
