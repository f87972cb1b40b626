package cloud_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"gameday/internal/cloud"
)

func TestOnlyARefusalMeansThatNothingWasDone(t *testing.T) {
	answer := func(status int) error {
		return fmt.Errorf("stop i-1: %w", &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: errors.New("no"),
		})
	}
	for err, want := range map[error]bool{
		answer(400):                    true,
		answer(403):                    true,
		answer(500):                    false,
		answer(503):                    false,
		answer(0):                      false, // the SDK's way to say that no answer came
		errors.New("connection reset"): false,
		nil:                            false,
	} {
		if got := cloud.Declined(err); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
}
