// Package traffic says what the requests of a load look like. It knows no schedule and sends nothing.
//
// A Source is data, and request n of a Source is the same on every machine that has a copy of it: which of several
// requests it is, what it is filled in with and which ids it carries follow from the seed and from n alone. So a load
// can be cut into parts that are sent from different machines, and a run with the same seed sends the same again.
//
//	Source ── Compile(target) ──► Maker ── Request(n) ──► Request
//
// Compile does once whatever does not depend on n.
package traffic

import (
	"net/http"
	"net/url"
)

// Request is one request as it is to be sent. Whoever got it must not change it: others may be sending the same one.
type Request struct {
	Method string
	URL    *url.URL // without credentials
	Header http.Header
	Body   []byte
	Expect *Expectation // nil: any answer will do
}

// Source says what a load sends.
type Source struct {
	Seed     uint64     `json:"seed"`
	Requests []Template `json:"requests"`
	Values   *Values    `json:"values,omitempty"`
}

// Template is one kind of request. In Path, in the values of Headers and in Body, {{name}} stands for the value of that
// name, which is another one in each request.
type Template struct {
	Name    string            `json:"name,omitempty"`
	Weight  uint64            `json:"weight"`           // how often it is sent, beside the weights of the others
	Method  string            `json:"method,omitempty"` // GET where empty
	Path    string            `json:"path,omitempty"`   // with the query; that of the target where empty
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Expect  *Expect           `json:"expect,omitempty"`
}

// Values is a table that requests are filled in from. Request n takes row n, and from the first again after the last.
type Values struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`

	lines []int // where each row stood in its file
}
