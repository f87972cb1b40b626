package vpc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"gameday/internal/cloud"
)

// looks is how often to look before believing that nothing is there: describes lag behind by seconds.
const looks = 8

// failing is how many looks in a row may fail, each after the SDK's own attempts, before there is no use in more.
const failing = 2

// await looks until it is so, ctx ends, or it has looked often enough; without end where often is 0. Where AWS refuses to show
// anything, or nobody answers, it gives up.
func await(ctx context.Context, env *cloud.Env, often int, what string, look func(context.Context) (state string, done bool, err error)) error {
	var gaveUp error
	seen, failed := 0, 0
	err := cloud.Wait(ctx, env, what, func(ctx context.Context) (string, bool, error) {
		state, done, err := look(ctx)
		seen++
		failed++
		switch {
		case err == nil && done:
			return state, true, nil
		case err == nil:
			failed = 0
		case cloud.Declined(err) && !passing(err), failed == failing:
			gaveUp = err
			return state, true, nil
		}
		if seen == often {
			gaveUp = errors.Join(fmt.Errorf("looked %d times for %s (last seen: %s)", seen, what, state), err)
			return state, true, nil
		}
		return state, false, err
	})
	return errors.Join(gaveUp, err)
}

// persist makes a call again for a moment where AWS says what soon will not be so any more: a thing that was made a moment
// ago does not exist, or somebody else changes it just now.
func persist(ctx context.Context, env *cloud.Env, call func(context.Context) error) error {
	tick := time.NewTicker(env.Poll)
	defer tick.Stop()
	for range looks {
		err := call(ctx)
		switch {
		case err == nil, exists(err):
			return nil
		case !passing(err):
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
	return call(ctx)
}

// code is AWS's error code, "" where AWS did not answer with one.
func code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

func missing(err error) bool { return strings.HasSuffix(code(err), ".NotFound") }

func exists(err error) bool {
	return slices.Contains([]string{"RouteAlreadyExists", "NetworkAclEntryAlreadyExists"}, code(err))
}

// forbidden reports whether AWS does not let these credentials make the call.
func forbidden(err error) bool {
	return slices.Contains([]string{"UnauthorizedOperation", "AccessDenied", "AuthFailure", "ExpiredToken", "RequestExpired", "InvalidClientTokenId"}, code(err)) || cloud.Expired(err)
}

// passing reports whether an error may go away by itself within moments.
func passing(err error) bool {
	return missing(err) || slices.Contains([]string{"DependencyViolation", "IncorrectState", "InvalidState", "OperationInProgress", "ConcurrentModification"}, code(err))
}
