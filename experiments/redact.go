package experiments

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Redacted stands where a sensitive value stood.
const Redacted = "(sensitive)"

// shortLine is the length below which a single line of a secret of many lines gives nothing away.
const shortLine = 8

// Redactor replaces secrets by Redacted in whatever is shown or kept: as they are, and as they look in JSON, in
// Go's quotes and in URLs. A secret of many lines is also found line by line. The zero value, and nil, change nothing.
type Redactor struct {
	secrets []string // longest first, so that a secret within another one does not spoil it
	begins  [256]bool
}

// NewRedactor returns a Redactor for File.Secrets. Empty strings are no secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		r.secrets = append(r.secrets, guises(s)...)
		if lines := strings.Split(s, "\n"); len(lines) > 1 {
			for _, line := range lines {
				if line = strings.TrimSpace(line); len(line) >= shortLine {
					r.secrets = append(r.secrets, guises(line)...)
				}
			}
		}
	}
	slices.SortFunc(r.secrets, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	r.secrets = slices.Compact(r.secrets)
	for _, s := range r.secrets {
		r.begins[s[0]] = true
	}
	return r
}

// guises lists the ways in which s may turn up in output.
func guises(s string) []string {
	if s == "" {
		return nil
	}
	return []string{
		s, jsonString(s, true), jsonString(s, false), unquoted(strconv.Quote(s)), url.QueryEscape(s), url.PathEscape(s),
	}
}

func jsonString(s string, escapeHTML bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(escapeHTML)
	if err := e.Encode(s); err != nil {
		panic("experiments: a string that JSON cannot hold: " + err.Error())
	}
	return unquoted(strings.TrimSuffix(b.String(), "\n"))
}

func unquoted(s string) string { return s[1 : len(s)-1] }

// String returns s without secrets.
func (r *Redactor) String(s string) string {
	if r == nil || len(r.secrets) == 0 {
		return s
	}
	clean, _ := r.scan(nil, []byte(s), true)
	return string(clean)
}

// Writer returns a writer that passes on to w what it is given, without secrets, even where a secret is split over
// several writes. What might become a secret is held back until the next write or Close, which does not close w.
// Safe for concurrent use.
func (r *Redactor) Writer(w io.Writer) io.WriteCloser {
	if r == nil {
		r = &Redactor{}
	}
	return &redacting{redactor: r, to: w}
}

type redacting struct {
	redactor *Redactor
	to       io.Writer

	mu   sync.Mutex
	held []byte
}

func (w *redacting) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.pass(append(w.held, p...), false); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *redacting) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pass(w.held, true)
}

func (w *redacting) pass(p []byte, last bool) error {
	clean, rest := w.redactor.scan(nil, p, last)
	w.held = bytes.Clone(rest)
	if len(clean) == 0 {
		return nil
	}
	_, err := w.to.Write(clean)
	return err
}

// scan appends p without its secrets to clean. Unless p is the last there is, it stops at the first byte from which
// on the rest of p may be the beginning of a secret, and returns that rest.
func (r *Redactor) scan(clean, p []byte, last bool) (_, rest []byte) {
	for len(p) > 0 {
		if !r.begins[p[0]] {
			clean, p = append(clean, p[0]), p[1:]
			continue
		}
		n, unsure := r.match(p)
		switch {
		case unsure && !last:
			return clean, p
		case n > 0:
			clean, p = append(clean, Redacted...), p[n:]
		default:
			clean, p = append(clean, p[0]), p[1:]
		}
	}
	return clean, nil
}

// match returns the length of the longest secret that p begins with, and whether more input could make it longer.
func (r *Redactor) match(p []byte) (n int, unsure bool) {
	for _, s := range r.secrets {
		if len(s) > len(p) {
			unsure = unsure || strings.HasPrefix(s, string(p))
		} else if string(p[:len(s)]) == s {
			return len(s), unsure
		}
	}
	return 0, unsure
}
