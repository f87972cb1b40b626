package cloud

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/middleware"
)

const (
	attempts = 6                // at a call; with the rests between them, half a minute
	silence  = 30 * time.Second // after a request, until no answer to it is expected any more
)

// newRetryer makes the one retryer of a process, for the clients of all services. Nobody else needs to retry a call.
//
// It makes up to six attempts, with exponentially longer rests of random length, where AWS throttles, where a server fails
// (500, 502, 503, 504), and where a connection cannot be made, is lost or stays silent. It does not repeat what AWS has
// refused for another reason: what is denied, not valid or not found stays so.
//
// A lost answer is repeated although the call may have been carried out. So every write of a kind has to bear being
// repeated: by its nature, as StopInstances does, or by a client token, which is the same for all attempts. What the last
// attempt was told says nothing about the ones before it; see Declined.
//
// There is neither a quota of retries nor a limit on the rate of calls, as the SDK's adaptive mode has it. Both are shared by
// all calls of a client, while AWS throttles each action by itself: then the polling of some would hold up the undo of others.
func newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		o.RateLimiter = ratelimit.None
	})
}

// listened does not wait for somebody to listen: a lab that is not there will not come.
type listened struct{ aws.Retryer }

func (l listened) IsErrorRetryable(err error) bool {
	return !errors.Is(err, syscall.ECONNREFUSED) && l.Retryer.IsErrorRetryable(err)
}

// impatient is the client with an end to waiting for an answer. It is frozen, because the SDK would otherwise give every
// service client connections of its own, and kinds make a service client for each look.
func impatient(c aws.HTTPClient, silence time.Duration) aws.HTTPClient {
	b, ok := c.(*awshttp.BuildableClient)
	if !ok {
		return c
	}
	return b.WithTransportOptions(func(t *http.Transport) { t.ResponseHeaderTimeout = silence }).Freeze()
}

// TellRetries has tell hear of every attempt at a call that failed for a reason that more attempts may mend: the call as
// IAM names it, and why.
func TellRetries(tell func(call string, err error)) func(*middleware.Stack) error {
	retryer := newRetryer()
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("TellRetries",
			func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleFinalize(ctx, in)
				if err != nil && ctx.Err() == nil && retryer.IsErrorRetryable(err) {
					tell(iamName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)), err)
				}
				return out, metadata, err
			}), "Retry", middleware.After)
	}
}

// doubt is the error of a call of which an earlier attempt may have been carried out.
type doubt struct{ error }

func (d doubt) Unwrap() error { return d.error }

// rememberDoubt has a call end in doubt where any of its attempts did.
func rememberDoubt(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("RememberDoubt",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleFinalize(ctx, in)
			tried, _ := retry.GetAttemptResults(metadata)
			if err != nil && slices.ContainsFunc(tried.Results, func(r retry.AttemptResult) bool { return r.Err != nil && !declined(r.Err) }) {
				err = doubt{err}
			}
			return out, metadata, err
		}), "Retry", middleware.Before)
}
