package labtest

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"gameday/internal/cloud"
)

// Edit returns env with the answers to one action edited on their way from the lab: for what AWS may say and the lab never
// does. The action is one of a service that speaks awsQuery, ec2Query or awsJson, like "DescribeListeners".
func Edit(env *cloud.Env, action string, edit func(answer string) string) *cloud.Env {
	edited := *env
	edited.AWS.HTTPClient = editor{carrier: env.AWS.HTTPClient, action: action, edit: edit}
	return &edited
}

// editor is an HTTP client that changes what it hears.
type editor struct {
	carrier interface {
		Do(*http.Request) (*http.Response, error)
	}
	action string
	edit   func(string) string
}

// Do sends a request, and edits the answer where it is one to the action.
func (e editor) Do(r *http.Request) (*http.Response, error) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(asked))
	answer, err := e.carrier.Do(r)
	concerned := strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+e.action) || strings.HasPrefix(string(asked), "Action="+e.action+"&")
	if err != nil || !concerned {
		return answer, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	text := e.edit(string(said))
	answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return answer, nil
}
