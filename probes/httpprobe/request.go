package httpprobe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// mostBody is how much of a body is looked at. All of it is read.
const mostBody = 1 << 20

// ask sends the request and says what was wrong with the answer, "" if nothing was.
func (p *Probe) ask(ctx context.Context, client *http.Client, target string) string {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout.Std())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, p.Method, target, strings.NewReader(p.Body))
	if err != nil {
		return err.Error()
	}
	for name, value := range p.Headers {
		if http.CanonicalHeaderKey(name) == "Host" {
			request.Host = value
		}
		request.Header.Set(name, value)
	}
	// A connection that is kept open would not notice that nobody can open one any more.
	request.Close = true

	response, err := client.Do(request)
	if err != nil {
		return p.explain(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBody))
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
	}
	switch {
	case err != nil:
		return fmt.Sprintf("status %d, then %s", response.StatusCode, p.explain(err))
	case !p.expects(response.StatusCode):
		return "status " + response.Status
	case !regexp.MustCompile(p.BodyLike).Match(body):
		return fmt.Sprintf("status %d, but the body does not match %q", response.StatusCode, p.BodyLike)
	}
	return ""
}

// explain says in a few words why there was no answer.
func (p *Probe) explain(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Sprintf("no answer within %s", p.Timeout.Std())
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return err.Error()
}

func (p *Probe) expects(code int) bool {
	ranges, err := parseStatuses(p.Status)
	if err != nil {
		panic("httpprobe: not validated before use: " + err.Error())
	}
	for _, r := range ranges {
		if r.from <= code && code <= r.to {
			return true
		}
	}
	return false
}

// statuses is a range of status codes, both ends included.
type statuses struct{ from, to int }

func parseStatuses(written []string) ([]statuses, error) {
	if len(written) == 0 {
		return nil, errors.New("no status is expected, so every request would fail")
	}
	var ranges []statuses
	for _, w := range written {
		from, to, isRange := strings.Cut(w, "-")
		if !isRange {
			to = from
		}
		r := statuses{code(from), code(to)}
		if r.from == 0 || r.to == 0 || r.from > r.to {
			return nil, fmt.Errorf("%q is neither a status code nor a range of them", w)
		}
		ranges = append(ranges, r)
	}
	return ranges, nil
}

// code returns the status code, or 0 where text is none.
func code(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 100 || n > 999 {
		return 0
	}
	return n
}
