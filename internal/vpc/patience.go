package vpc

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"gameday/internal/cloud"
)

// looks is how often to look before believing that nothing is there: describes lag behind by seconds.
const looks = 8

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
