package experiments

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
	"gameday/internal/load"
	"gameday/internal/load/traffic"
)

// loadBlock is the body of `load "name" {}`, beside what it has in common with that of one request.
type loadBlock struct {
	LoadBalancer string               `hcl:"load_balancer,optional"`
	URL          string               `hcl:"url,optional"`
	Rate         attr.LoadRate        `hcl:"rate,optional"`
	Timeout      attr.Timeout         `hcl:"timeout,optional"`
	WarmUp       attr.Duration        `hcl:"warm_up,optional"`
	Values       hclsyntax.Expression `hcl:"values,optional"`
	Replayed     hclsyntax.Expression `hcl:"requests,optional"`
	Methods      []string             `hcl:"methods,optional"`
	Timing       string               `hcl:"timing,optional"`
	Requests     []*hclsyntax.Block   `hcl:"request,block"`
}

// Where the arrivals of a load come from.
const (
	evenly = "even"
	asThen = "log"
)

// Validate says what is wrong beyond types. It does not repeat values, which may be secrets.
func (l *loadBlock) Validate() []attr.Problem {
	problems := positive(map[string]attr.Duration{"timeout": attr.Duration(l.Timeout)})
	say := func(p attr.Problem) { problems = append(problems, p) }
	switch {
	case l.LoadBalancer == "" && l.URL == "":
		say(attr.Problem{Summary: "Load without a target", Detail: "Say where the traffic goes: load_balancer = \"NAME\", or url = \"https://...\"."})
	case l.LoadBalancer != "" && l.URL != "":
		say(attr.Problem{Attr: "url", Summary: "Load with two targets", Detail: "Keep either load_balancer or url. For a second target, write a second load block."})
	case l.URL != "":
		if u, err := url.Parse(traffic.Filled(l.URL, "x")); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			say(wrong("url", "Write a full address, like \"https://example.com/path\"."))
		} else if base, _ := parted(l.URL); len(traffic.Placeholders(base)) > 0 {
			say(wrong("url", "Placeholders may stand in the path, and not in what comes before it: a load has one target."))
		}
	}
	switch {
	case l.Rate == "" && l.Timing != asThen:
		say(attr.Problem{Summary: "Missing attribute \"rate\"", Detail: "Say how many requests come: rate = \"100/s\". With load_balancer, rate = \"current\" stands for as many as there are at present."})
	case l.Rate == attr.Current && l.LoadBalancer == "":
		say(wrong("rate", "The present rate is that of a load balancer, which counts its requests. Name one with load_balancer, or write a rate like \"50/s\"."))
	}
	for _, method := range l.Methods {
		if !httpMethod.MatchString(method) {
			say(wrong("methods", fmt.Sprintf("%q is no HTTP method in capitals, like \"GET\" or \"POST\".", method)))
		}
	}
	if l.Timing != evenly && l.Timing != asThen {
		say(wrong("timing", "It must be \"even\" (requests come at a steady rate) or \"log\" (they come when they came in the logs)."))
	}
	return problems
}

// scheme is that of a URL, "" where it has none.
func scheme(address string) string {
	name, _, found := strings.Cut(address, "://")
	if !found {
		return ""
	}
	return name
}

// parted is a URL up to its path, and the path with all that follows, but for a fragment.
func parted(address string) (base, path string) {
	address, _, _ = strings.Cut(address, "#")
	base, path = address, "/"
	if _, rest, found := strings.Cut(address, "://"); found {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			base, path = address[:len(address)-len(rest)+i], rest[i:]
		}
	}
	if path[0] != '/' {
		path = "/" + path
	}
	return base, path
}

func (r *reader) load(b *hclsyntax.Block) Load {
	block := loadBlock{Timeout: attr.Timeout(load.DefaultTimeout.String()), Timing: evenly}
	only := requestBlock{Method: http.MethodGet}
	client := clientBlock{
		Engine: auto, Late: sendLate, Protocol: string(load.HTTP1), DNSTTL: attr.Timeout(load.DefaultResolve.String()),
		Connections: load.DefaultConnections, Streams: load.DefaultStreams,
	}
	r.decode(placeOf(b), target{into: &block}, target{into: &only}, target{into: &client})
	l := Load{
		Name: b.Labels[0], LoadBalancer: block.LoadBalancer, URL: block.URL,
		Rate: block.Rate, Timeout: block.Timeout.Std(), WarmUp: r.lasting(block.WarmUp), Range: b.DefRange(),
	}
	r.client(b, client, &l)
	values := r.values(b)
	if values != nil {
		l.Values = values.Values
	}
	r.excludes(b, block)
	switch {
	case block.Replayed != nil:
		l.Replay = r.replay(b, block)
		l.Requests = []traffic.Template{only.template()}
	case len(block.Requests) > 0:
		seen := map[string]hcl.Range{}
		for _, inner := range block.Requests {
			if r.addressed(seen, inner, "NAME") {
				t := r.request(inner, only)
				r.fill(inner, t, values)
				l.Requests = append(l.Requests, t)
			}
		}
		r.fill(b, only.template(), values)
	default:
		if only.Path == "" {
			only.Path = "/"
		}
		if block.URL != "" {
			_, only.Path = parted(block.URL)
		}
		l.Requests = []traffic.Template{only.template()}
		r.fill(b, l.Requests[0], values)
	}
	return l
}

// excludes reports the attributes of a load that have no meaning beside others of it.
func (r *reader) excludes(b *hclsyntax.Block, block loadBlock) {
	say := func(name, summary, detail string) {
		if a := b.Body.Attributes[name]; a != nil {
			r.mistake(a.Expr.Range(), summary, detail)
		}
	}
	replayed, several := block.Replayed != nil, len(block.Requests) > 0
	for _, name := range []string{"method", "path", "body"} {
		switch {
		case replayed:
			say(name, fmt.Sprintf("A %s beside those of a log", name), "Requests of a log have their own. Remove one of the two, or write a load for each.")
		case several:
			say(name, fmt.Sprintf("A %s beside those of requests", name), fmt.Sprintf("Each request block has its own %s. Put it there.", name))
		case name == "path" && block.URL != "":
			say(name, "Wrong value for \"path\"", "The path is a part of url. Put it there, or name a load_balancer instead.")
		}
	}
	if _, path := parted(block.URL); path != "/" && (replayed || several) {
		say("url", "A path beside those of requests", "Every request has its own path, so url ends with the host, like \"https://example.com\".")
	}
	if !replayed {
		say("methods", "Methods without a log", "They say which requests of a log are sent again. Add requests = alb_log(\"FILE\"), or set method instead.")
		say("timing", "Timing without a log", "It says when requests of a log are sent again. Add requests = alb_log(\"FILE\"), or remove it.")
		return
	}
	say("values", "Values for a log", "Requests of a log are sent as they were, so there is nothing to fill in. Remove values, or write request blocks.")
	for _, inner := range block.Requests {
		r.mistake(inner.DefRange(), "A request beside those of a log", "Remove one of the two, or write a load for each.")
	}
}
