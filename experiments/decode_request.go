package experiments

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
	"gameday/internal/load/traffic"
)

// requestBlock is what a request looks like: the body of `request "name" {}`, and that of a load of one request only.
type requestBlock struct {
	Method  string            `hcl:"method,optional"`
	Path    string            `hcl:"path,optional"`
	Headers map[string]string `hcl:"headers,optional"`
	Body    string            `hcl:"body,optional"`
	Expect  *expectBlock      `hcl:"expect,block"`
}

// weightBlock is what only one of several requests has.
type weightBlock struct {
	Weight int `hcl:"weight,optional"`
}

// expectBlock is the body of `expect {}`.
type expectBlock struct {
	Status []string `hcl:"status,optional"`
	Body   string   `hcl:"body,optional"`
}

var (
	httpMethod = regexp.MustCompile(`^[A-Z]+$`)
	httpStatus = regexp.MustCompile(`^[1-5]([0-9]{2}|xx)$`)
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// heaviest is the largest weight: a million times as often as another one is as good as always.
const heaviest = 1_000_000

// Validate says what is wrong beyond types.
func (w *weightBlock) Validate() []attr.Problem {
	if w.Weight < 1 || w.Weight > heaviest {
		return []attr.Problem{wrong("weight", fmt.Sprintf("It says how often this request is sent beside the others: a whole number from 1 to %d.", heaviest))}
	}
	return nil
}

// Validate says what is wrong beyond types. It does not repeat values, which may be secrets.
func (q *requestBlock) Validate() (problems []attr.Problem) {
	if q.Path != "" {
		if _, err := url.ParseRequestURI(traffic.Filled(q.Path, "x")); err != nil || !strings.HasPrefix(q.Path, "/") {
			problems = append(problems, wrong("path", "A path begins with a slash and holds no spaces, like \"/conversations?page=2\"."))
		}
	}
	if !httpMethod.MatchString(q.Method) {
		problems = append(problems, wrong("method", "Write an HTTP method in capitals, like \"GET\" or \"POST\"."))
	}
	for name, value := range q.Headers {
		if !headerName.MatchString(name) {
			problems = append(problems, wrong("headers", fmt.Sprintf("%q cannot be the name of a header.", name)))
		}
		if strings.ContainsAny(value, "\r\n\x00") {
			problems = append(problems, wrong("headers", fmt.Sprintf("The value of %s must be on one line.", name)))
		}
	}
	return problems
}

// Validate says what is wrong beyond types.
func (e *expectBlock) Validate() (problems []attr.Problem) {
	for _, s := range e.Status {
		if !httpStatus.MatchString(s) {
			problems = append(problems, wrong("status", fmt.Sprintf("%q is no status. Write classes like \"2xx\" and codes like \"404\".", s)))
		}
	}
	if _, err := regexp.Compile(e.Body); err != nil {
		problems = append(problems, wrong("body", sentence(strings.TrimPrefix(err.Error(), "error parsing regexp: "))+" Write a regular expression as Go has them, like \"\\\"ok\\\": *true\"."))
	}
	if len(e.Status) == 0 && e.Body == "" {
		problems = append(problems, attr.Problem{Summary: "Nothing to expect", Detail: "Say which answers are fine: status = [\"2xx\"], or body = \"regular expression\"."})
	}
	return problems
}

func wrong(name, detail string) attr.Problem {
	return attr.Problem{Attr: name, Summary: fmt.Sprintf("Wrong value for %q", name), Detail: detail}
}

// request decodes one of several requests. Headers and expectations of the load are those of the request where it has
// none of its own.
func (r *reader) request(b *hclsyntax.Block, load requestBlock) traffic.Template {
	q, w := requestBlock{Method: http.MethodGet, Path: "/"}, weightBlock{Weight: 1}
	r.decode(placeOf(b), target{into: &w}, target{into: &q})
	headers := map[string]string{}
	for _, from := range []map[string]string{load.Headers, q.Headers} {
		for name, value := range from {
			headers[http.CanonicalHeaderKey(name)] = value
		}
	}
	q.Headers = headers
	if q.Expect == nil {
		q.Expect = load.Expect
	}
	t := q.template()
	t.Name, t.Weight = b.Labels[0], uint64(max(w.Weight, 1))
	return t
}

func (q requestBlock) template() traffic.Template {
	t := traffic.Template{Weight: 1, Method: q.Method, Path: q.Path, Headers: q.Headers, Body: q.Body}
	if q.Expect != nil {
		t.Expect = &traffic.Expect{Status: q.Expect.Status, Body: q.Expect.Body}
	}
	return t
}

// fill reports the placeholders in a body's attributes that nothing fills in. The table is nil where a load has none.
func (r *reader) fill(b *hclsyntax.Block, t traffic.Template, table *table) {
	for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
		a := b.Body.Attributes[name]
		var texts []string
		switch name {
		case "path", "url":
			texts = []string{t.Path}
		case "body":
			texts = []string{t.Body}
		case "headers":
			for _, header := range slices.Sorted(maps.Keys(t.Headers)) {
				texts = append(texts, t.Headers[header])
			}
		}
		for _, used := range traffic.Placeholders(strings.Join(texts, " ")) {
			if why := table.cannotFill(used); why != "" {
				r.mistake(a.Expr.Range(), fmt.Sprintf("Unknown placeholder {{%s}}", used), why)
			} else if why := table.unfitForHeader(used); name == "headers" && why != "" {
				r.mistake(a.Expr.Range(), fmt.Sprintf("A value of {{%s}} that no header can hold", used), why)
			}
		}
	}
}
