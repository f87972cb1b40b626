package experiments

import (
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
	"gameday/internal/load"
)

// clientBlock is how a load is sent: what stands in its body beside what is sent, where and how much.
type clientBlock struct {
	Engine         string       `hcl:"engine,optional"`
	Late           string       `hcl:"late,optional"`
	Protocol       string       `hcl:"protocol,optional"`
	Connections    int          `hcl:"connections,optional"`
	Streams        int          `hcl:"streams,optional"`
	NewConnections attr.Share   `hcl:"new_connections,optional"`
	DNSTTL         attr.Timeout `hcl:"dns_ttl,optional"`
	TLS            *tlsBlock    `hcl:"tls,block"`
}

// tlsBlock is the body of `tls {}`.
type tlsBlock struct {
	ServerName string `hcl:"server_name,optional"`
	CAFile     string `hcl:"ca_file,optional"`
	SkipVerify bool   `hcl:"skip_verify,optional"`
	Resume     *bool  `hcl:"resume,optional"`
}

// How many connections a load may have at most, and how many requests on each with HTTP/2.
const (
	mostConnections = 28_000
	mostStreams     = 1000
)

// Words for what is chosen where the file says nothing.
const (
	auto     = "auto"
	sendLate = "send"
)

// Validate says what is wrong beyond types.
func (c *clientBlock) Validate() []attr.Problem {
	problems := positive(map[string]attr.Duration{"dns_ttl": attr.Duration(c.DNSTTL)})
	say := func(name, detail string) { problems = append(problems, wrong(name, detail)) }
	if c.Engine != auto && c.Engine != string(load.Standard) && c.Engine != string(load.Fast) {
		say("engine", "It must be \"fast\" (plain HTTP/1.1, for half of the processor time), \"standard\" (everything else too) or \"auto\" (\"fast\" where that will do).")
	}
	if c.Late != sendLate && c.Late != string(load.Drop) {
		say("late", "It must be \"send\" (a request that found no free connection is sent as soon as one is) or \"drop\" (it is not sent any more if it is late).")
	}
	if c.Protocol != string(load.HTTP1) && c.Protocol != string(load.HTTP2) {
		say("protocol", "It must be \"http1\" or \"http2\".")
	}
	if c.Engine == string(load.Fast) && c.Protocol == string(load.HTTP2) {
		say("engine", "The fast engine does not speak HTTP/2. Remove one of the two.")
	}
	if c.Connections < 1 || c.Connections > mostConnections {
		say("connections", fmt.Sprintf("It says how many connections there may be at a time: a whole number from 1 to %d, which is about as many ports as one machine has for one target.", mostConnections))
	}
	if c.Protocol == string(load.HTTP2) && (c.Streams < 1 || c.Streams > mostStreams) {
		say("streams", fmt.Sprintf("It says how many requests may be under way on one connection: a whole number from 1 to %d.", mostStreams))
	}
	return problems
}

// client decodes how a load is sent, once the rest of it is decoded.
func (r *reader) client(b *hclsyntax.Block, c clientBlock, l *Load) {
	if c.Engine != auto {
		l.Engine = load.Engine(c.Engine)
	}
	if c.Late == string(load.Drop) {
		l.Late = load.Drop
	}
	l.Protocol, l.Connections, l.Streams = load.Protocol(c.Protocol), c.Connections, c.Streams
	l.Fresh, l.Resolve = c.NewConnections.Ratio(), c.DNSTTL.Std()
	secure := scheme(l.URL) == "https"
	at := func(name string) *hclsyntax.Attribute { return b.Body.Attributes[name] }
	if a := at("engine"); a != nil && l.Engine == load.Fast && secure {
		r.mistake(a.Expr.Range(), "Wrong value for \"engine\"", "The fast engine does not speak TLS. Remove engine, or aim at an \"http://\" address.")
	}
	if a := at("protocol"); a != nil && l.Protocol == load.HTTP2 && l.LoadBalancer != "" {
		r.mistake(a.Expr.Range(), "HTTP/2 without TLS", "A load balancer that is named is asked over plain HTTP, and speaks HTTP/2 over TLS only. Set url = \"https://...\" instead.")
	}
	if a := at("streams"); a != nil && l.Protocol != load.HTTP2 {
		r.mistake(a.Expr.Range(), "Streams without HTTP/2", "With HTTP/1.1 a connection has one request at a time. Add protocol = \"http2\", or remove it.")
	}
	if c.TLS == nil {
		return
	}
	block := blockOf(b, "tls")
	if !secure {
		r.mistake(block.DefRange(), "TLS for a target without", "It is for url = \"https://...\". A load balancer that is named is asked over plain HTTP.")
	}
	l.TLS = load.TLS{ServerName: c.TLS.ServerName, Insecure: c.TLS.SkipVerify, NoResume: c.TLS.Resume != nil && !*c.TLS.Resume}
	if a := block.Body.Attributes["ca_file"]; a != nil && c.TLS.CAFile != "" {
		var why string
		if l.TLS.CA, why = readCertificates(r.beside(c.TLS.CAFile)); why != "" {
			r.mistake(a.Expr.Range(), "Certificates that cannot be read", why)
		}
	}
}

func blockOf(b *hclsyntax.Block, kind string) *hclsyntax.Block {
	for _, inner := range b.Body.Blocks {
		if inner.Type == kind {
			return inner
		}
	}
	return nil
}

// readCertificates reads those of authorities.
func readCertificates(path string) (pem, why string) {
	if why := isFile(path); why != "" {
		return "", why
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", sentence(err.Error())
	}
	if err := (load.TLS{CA: string(text)}).Check(); err != nil {
		return "", fmt.Sprintf("%s: %s.", path, err)
	}
	return string(text), ""
}
