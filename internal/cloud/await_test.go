package cloud_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"gameday/internal/cloud"
)

func TestAwaitGivesUpWhereWaitWouldNot(t *testing.T) {
	declined := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusForbidden}}, Err: errors.New("no")}
	silent := errors.New("connection reset")
	for _, c := range []struct {
		name   string
		looks  int
		errs   []error // of each look; the last one stays
		done   int     // at that look
		want   error
		looked int
	}{
		{"there at once", 0, []error{nil}, 1, nil, 1},
		{"there in time", 5, []error{nil}, 5, nil, 5},
		{"not there", 3, []error{nil}, 0, cloud.ErrNotYet, 3},
		{"refused", 0, []error{nil, declined}, 0, declined, 2},
		{"silence", 0, []error{silent}, 0, silent, 2},
		{"silence for a moment", 0, []error{silent, nil, silent, nil}, 4, nil, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := &cloud.Env{Poll: time.Millisecond}
			looked := 0
			err := cloud.Await(t.Context(), env, c.looks, "it", func(context.Context) (string, bool, error) {
				looked++
				return "nothing", looked == c.done, c.errs[min(looked, len(c.errs))-1]
			})
			if !errors.Is(err, c.want) || looked != c.looked {
				t.Errorf("looked %d times and got %v, want %d times and %v", looked, err, c.looked, c.want)
			}
		})
	}
}
