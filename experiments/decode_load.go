package experiments

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
)

// loadBlock is the body of `load "name" {}`.
type loadBlock struct {
	LoadBalancer string            `hcl:"load_balancer,optional"`
	URL          string            `hcl:"url,optional"`
	Path         string            `hcl:"path,optional"`
	Rate         attr.Rate         `hcl:"rate"`
	Method       string            `hcl:"method,optional"`
	Headers      map[string]string `hcl:"headers,optional"`
	Body         string            `hcl:"body,optional"`
	Timeout      attr.Timeout      `hcl:"timeout,optional"`
}

var (
	httpMethod = regexp.MustCompile(`^[A-Z]+$`)
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// Validate says what is wrong beyond types. It does not repeat values, which may be secrets.
func (l *loadBlock) Validate() []attr.Problem {
	problems := positive(map[string]attr.Duration{"timeout": attr.Duration(l.Timeout)})
	say := func(name, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: fmt.Sprintf("Wrong value for %q", name), Detail: detail})
	}
	switch {
	case l.LoadBalancer == "" && l.URL == "":
		problems = append(problems, attr.Problem{Summary: "Load without a target", Detail: "Say where the traffic goes: load_balancer = \"NAME\", or url = \"https://...\"."})
	case l.LoadBalancer != "" && l.URL != "":
		problems = append(problems, attr.Problem{Attr: "url", Summary: "Load with two targets", Detail: "Keep either load_balancer or url. For a second target, write a second load block."})
	case l.URL != "":
		if u, err := url.Parse(l.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			say("url", "Write a full address, like \"https://example.com/path\".")
		}
		if l.Path != "" {
			say("path", "The path is a part of url. Put it there, or name a load_balancer instead.")
		}
	case l.Path != "":
		if _, err := url.ParseRequestURI(l.Path); err != nil || !strings.HasPrefix(l.Path, "/") {
			say("path", "A path begins with a slash and holds no spaces, like \"/conversations?page=2\".")
		}
	}
	if !httpMethod.MatchString(l.Method) {
		say("method", "Write an HTTP method in capitals, like \"GET\" or \"POST\".")
	}
	for name, value := range l.Headers {
		if !headerName.MatchString(name) {
			say("headers", fmt.Sprintf("%q cannot be the name of a header.", name))
		}
		if strings.ContainsAny(value, "\r\n\x00") {
			say("headers", fmt.Sprintf("The value of %s must be on one line.", name))
		}
	}
	return problems
}

func (r *reader) load(b *hclsyntax.Block) Load {
	block := loadBlock{Method: "GET", Timeout: "10s"}
	r.decode(placeOf(b), target{into: &block})
	if block.URL == "" && block.Path == "" {
		block.Path = "/"
	}
	return Load{
		Name: b.Labels[0], LoadBalancer: block.LoadBalancer, URL: block.URL, Path: block.Path,
		Method: block.Method, Headers: block.Headers, Body: block.Body,
		Rate: block.Rate, Timeout: block.Timeout.Std(), Range: b.DefRange(),
	}
}
