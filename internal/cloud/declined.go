package cloud

import (
	"errors"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Declined reports whether AWS answered a call with a refusal, so that nothing was done. After any other error, a lost
// connection or a failing server, the call may have been carried out all the same, and only a look can tell.
func Declined(err error) bool {
	var answer *smithyhttp.ResponseError
	return errors.As(err, &answer) && answer.HTTPStatusCode() >= 400 && answer.HTTPStatusCode() < 500
}
