package traffic

import (
	"bytes"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// entry is one line of an access log of an application load balancer, as far as it can be sent again.
//
//	type time elb client:port target:port request_processing_time target_processing_time response_processing_time
//	elb_status_code target_status_code received_bytes sent_bytes "request" "user_agent" ssl_cipher ssl_protocol
//	target_group_arn "trace_id" "domain_name" "chosen_cert_arn" matched_rule_priority request_creation_time ...
//
// Fields have only ever been added at the end, so the first ones are read and the others are not counted.
type entry struct {
	method, path string
	host         string // "" where it was the load balancer's own
	at           time.Time

	fields [fields][]byte
	quoted []byte
}

// The fields that are read, by their position.
const (
	fieldType     = 0
	fieldTime     = 1
	fieldTook     = 5 // and the next two
	fieldRequest  = 12
	fieldCreation = 21
	fields        = 22
)

// parse takes a line apart. It returns why it cannot be sent, "" if it can.
func (e *entry) parse(line []byte) (why string) {
	n := e.split(line)
	if n <= fieldRequest {
		return Malformed
	}
	switch string(e.fields[fieldType]) {
	case "http", "https", "h2":
	case "ws", "wss":
		return websockets
	case "grpc", "grpcs":
		return grpc
	default:
		return Malformed
	}
	if !e.when(n) || !e.request(string(e.fields[fieldRequest])) {
		return Malformed
	}
	return ""
}

// split cuts a line into its first fields and returns how many there are of them.
func (e *entry) split(line []byte) (n int) {
	e.quoted = e.quoted[:0]
	for n < fields && len(line) > 0 {
		var field []byte
		if line[0] == '"' {
			var whole bool
			if field, line, whole = e.unquote(line[1:]); !whole {
				return n
			}
		} else if end := bytes.IndexByte(line, ' '); end >= 0 {
			field, line = line[:end], line[end:]
		} else {
			field, line = line, nil
		}
		e.fields[n] = field
		n++
		line = bytes.TrimLeft(line, " ")
	}
	return n
}

// unquote reads up to the closing quote. Within, \" and \\ stand for themselves and \xNN for a byte.
func (e *entry) unquote(line []byte) (field, rest []byte, whole bool) {
	if end := bytes.IndexAny(line, `"\`); end >= 0 && line[end] == '"' {
		return line[:end], line[end+1:], true
	}
	begin := len(e.quoted)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return e.quoted[begin:len(e.quoted):len(e.quoted)], line[i+1:], true
		case c != '\\' || i+1 == len(line):
			e.quoted = append(e.quoted, c)
		default:
			i++
			if line[i] == 'x' && i+2 < len(line) {
				if b, err := strconv.ParseUint(string(line[i+1:i+3]), 16, 8); err == nil {
					e.quoted = append(e.quoted, byte(b))
					i += 2
					continue
				}
			}
			if line[i] != '"' && line[i] != '\\' {
				e.quoted = append(e.quoted, '\\')
			}
			e.quoted = append(e.quoted, line[i])
		}
	}
	return nil, nil, false
}

// when finds out at what moment the request came. Logs from before there was a field for that say when it was answered,
// and how long that took.
func (e *entry) when(n int) bool {
	if n > fieldCreation {
		if at, err := time.Parse(time.RFC3339Nano, string(e.fields[fieldCreation])); err == nil {
			e.at = at
			return true
		}
	}
	answered, err := time.Parse(time.RFC3339Nano, string(e.fields[fieldTime]))
	if err != nil {
		return false
	}
	var took float64
	for _, field := range e.fields[fieldTook : fieldTook+3] {
		if s, err := strconv.ParseFloat(string(field), 64); err == nil && s > 0 && s < 1e6 {
			took += s
		}
	}
	e.at = answered.Add(-time.Duration(took * float64(time.Second)))
	return true
}

var (
	anyMethod = regexp.MustCompile(`^[A-Z][A-Z-]{0,31}$`)
	anyHost   = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

// request reads "GET https://example.com:443/path?query HTTP/2.0".
func (e *entry) request(line string) bool {
	method, rest, _ := strings.Cut(line, " ")
	end := strings.LastIndexByte(rest, ' ')
	if end < 0 || !anyMethod.MatchString(method) || !strings.HasPrefix(rest[end+1:], "HTTP/") {
		return false
	}
	_, address, found := strings.Cut(rest[:end], "://")
	if !found {
		return false
	}
	host, path := address, "/"
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		host, path = address[:i], address[i:]
	}
	if path[0] != '/' {
		path = "/" + path
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	e.method, e.path, e.host = method, tidy(path), host
	_, ip := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case ip == nil, own(host):
		e.host = ""
	case !anyHost.MatchString(host):
		return false
	}
	return true
}

// own is whether AWS has given a load balancer this name.
func own(host string) bool {
	host = strings.ToLower(host)
	return strings.HasSuffix(host, ".elb.amazonaws.com") || strings.HasSuffix(host, ".elb.amazonaws.com.cn")
}
