package traffic

import (
	"fmt"
	"regexp"
	"slices"
)

// Expect is what an answer must be. One that is not counts as a failure, by what is wrong with it.
type Expect struct {
	Status []string `json:"status,omitempty"` // classes ("2xx") and codes ("404"); any where there are none
	Body   string   `json:"body,omitempty"`   // a regular expression that the body must match; any where empty
}

// Expectation is an Expect that answers can be held against. That of nil is that any answer will do.
type Expectation struct {
	status []string
	body   *regexp.Regexp
}

func (e *Expect) compile() (*Expectation, error) {
	if e == nil {
		return nil, nil
	}
	x := &Expectation{status: e.Status}
	if e.Body != "" {
		var err error
		if x.body, err = regexp.Compile(e.Body); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// ReadsBody is whether Failure wants to see the body of an answer.
func (e *Expectation) ReadsBody() bool { return e != nil && e.body != nil }

// Failure says why an answer counts as a failure, "" where it does not. The body is looked at only if ReadsBody.
func (e *Expectation) Failure(status int, body []byte) string {
	switch {
	case e == nil:
		return ""
	case len(e.status) > 0 && !e.meets(status):
		return fmt.Sprintf("unexpected status %d", status)
	case e.body != nil && !e.body.Match(body):
		return "unexpected body"
	}
	return ""
}

func (e *Expectation) meets(status int) bool {
	return slices.ContainsFunc(e.status, func(s string) bool {
		return s == fmt.Sprint(status) || s == fmt.Sprintf("%dxx", status/100)
	})
}
