package traffic

import (
	"fmt"
	"maps"
	"math/bits"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Maker makes the requests of a Source. Safe for concurrent use.
type Maker struct {
	seed   uint64
	kinds  []kind
	upTo   []uint64 // the sum of the weights of the kinds up to each one
	values *Values
}

// kind is a Template that has been made ready for a target.
type kind struct {
	whole  *Request // what does not vary; the request itself where nothing does
	varies bool
	path   text // set with query, if either varies
	query  text
	header map[string]text // those that vary, by name
	body   text            // if it varies
}

// Compile makes a Source ready to be sent to a target, whose path and query count where a Template has none. What is
// wrong with a Source is said when the file is read; here it is a mistake of whoever made it.
func (s Source) Compile(target *url.URL) (*Maker, error) {
	m := &Maker{seed: s.Seed, values: s.Values}
	if len(s.Requests) == 0 {
		return nil, fmt.Errorf("there is no request to send")
	}
	shared := map[string]http.Header{} // the same for many kinds: a log has thousands
	var sum uint64
	for _, t := range s.Requests {
		k, err := s.kind(t, target, shared)
		if err != nil {
			return nil, fmt.Errorf("request %q: %w", t.Name, err)
		}
		sum += t.Weight
		m.kinds, m.upTo = append(m.kinds, k), append(m.upTo, sum)
	}
	if sum == 0 {
		return nil, fmt.Errorf("no request has a weight above 0")
	}
	return m, nil
}

func (s Source) kind(t Template, target *url.URL, shared map[string]http.Header) (k kind, err error) {
	var columns []string
	if s.Values != nil && len(s.Values.Rows) > 0 {
		columns = s.Values.Columns
	}
	k.whole = &Request{Method: t.Method}
	if t.Method == "" {
		k.whole.Method = http.MethodGet
	}
	if k.whole.Expect, err = t.Expect.compile(); err != nil {
		return k, err
	}
	written := t.Path
	if written == "" {
		written = target.RequestURI()
	}
	path, query, _ := strings.Cut(written, "?")
	if k.path, err = parse(path, columns, tidy); err != nil {
		return k, err
	}
	if k.query, err = parse(query, columns, tidy); err != nil {
		return k, err
	}
	if k.body, err = parse(t.Body, columns, verbatim); err != nil {
		return k, err
	}
	base := url.URL{Scheme: target.Scheme, Host: target.Host}
	k.varies = !k.path.fixed() || !k.query.fixed()
	if k.varies {
		k.whole.URL = &base
	} else {
		k.whole.URL = at(base, string(k.path.append(nil, filling{}, verbatim)), string(k.query.append(nil, filling{}, verbatim)))
		k.path, k.query = nil, nil
	}
	if k.body.fixed() {
		k.whole.Body, k.body = []byte(t.Body), nil
	} else {
		k.varies = true
	}
	return k, k.headers(t, target, columns, shared)
}

// headers sets what the request says of itself.
func (k *kind) headers(t Template, target *url.URL, columns []string, shared map[string]http.Header) error {
	k.header = map[string]text{}
	fixed := http.Header{}
	for name, value := range t.Headers {
		parsed, err := parse(value, columns, verbatim)
		switch {
		case err != nil:
			return err
		case parsed.fixed():
			fixed.Set(name, value)
		default:
			fixed.Set(name, "") // its place
			k.header[http.CanonicalHeaderKey(name)] = parsed
			k.varies = true
		}
	}
	if fixed.Get("User-Agent") == "" && k.header["User-Agent"] == nil {
		fixed.Set("User-Agent", "gameday")
	}
	if _, own := fixed["Authorization"]; !own && target.User != nil {
		password, _ := target.User.Password()
		(&http.Request{Header: fixed}).SetBasicAuth(target.User.Username(), password)
	}
	key := fmt.Sprint(fixed) // which fmt sorts
	if _, has := shared[key]; !has {
		shared[key] = fixed
	}
	k.whole.Header = shared[key]
	return nil
}

// Request makes request n.
func (m *Maker) Request(n uint64) *Request {
	k := &m.kinds[m.pick(n)]
	if !k.varies {
		return k.whole
	}
	return k.fill(m.filling(n))
}

// pick says of which kind request n is.
func (m *Maker) pick(n uint64) int {
	if len(m.kinds) == 1 {
		return 0
	}
	point, _ := bits.Mul64(scramble(m.seed, n, 0), m.upTo[len(m.upTo)-1])
	i, exactly := slices.BinarySearch(m.upTo, point)
	if exactly {
		i++
	}
	return i
}

func (m *Maker) filling(n uint64) filling {
	f := filling{n: n, seed: m.seed}
	if m.values != nil && len(m.values.Rows) > 0 {
		f.row = m.values.Rows[n%uint64(len(m.values.Rows))]
	}
	return f
}

// fill makes a request of what varies.
func (k *kind) fill(f filling) *Request {
	var room [512]byte
	made := &struct {
		Request
		url url.URL
	}{Request: *k.whole}
	if k.path != nil {
		b := k.path.append(room[:0], f, url.PathEscape)
		end := len(b)
		b = k.query.append(b, f, url.QueryEscape)
		written := string(b)
		made.url = *k.whole.URL
		place(&made.url, written[:end], written[end:])
		made.URL = &made.url
	}
	if len(k.header) > 0 {
		made.Header = maps.Clone(k.whole.Header)
		for name, value := range k.header {
			made.Header[name] = []string{string(value.append(room[:0], f, verbatim))}
		}
	}
	if k.body != nil {
		made.Body = k.body.append(nil, f, verbatim)
	}
	return &made.Request
}

// at is the URL of a path and a query, both as they stand on the wire.
func at(base url.URL, path, query string) *url.URL {
	place(&base, path, query)
	return &base
}

func place(u *url.URL, path, query string) {
	u.Path, u.RawPath, u.RawQuery = path, path, query
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path = plain
	}
}

// tidy escapes what may not stand in a path or a query, and leaves what is escaped.
func tidy(s string) string {
	if !strings.ContainsFunc(s, stray) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; stray(rune(c)) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func stray(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune("\"<>\\^`{|}#", c) }

func verbatim(s string) string { return s }
