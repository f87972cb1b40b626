package cloud

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Declined reports whether AWS answered a call with a refusal, so that nothing was done. After any other error, a lost
// connection or a failing server, the call may have been carried out all the same, and only a look can tell. That holds for
// every attempt at it: a route that is not there to be deleted may be the one that the attempt before has deleted.
func Declined(err error) bool {
	var d doubt
	return declined(err) && !errors.As(err, &d)
}

// declined reports whether AWS answered one attempt with a refusal. EC2 throttles with a status of 503, as if a server failed.
func declined(err error) bool {
	if retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary {
		return true
	}
	var answer *smithyhttp.ResponseError
	return errors.As(err, &answer) && answer.HTTPStatusCode() >= 400 && answer.HTTPStatusCode() < 500
}
