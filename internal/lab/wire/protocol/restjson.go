package protocol

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// RESTJSON is restJson1: the action is in the method and the path, some members are in the path and the query, and the
// rest is JSON.
type RESTJSON struct {
	codec  plainJSON
	routes []route
}

// route is one action's place: "DELETE /schedules/{Name}?groupName=GroupName".
type route struct {
	action, method string
	path           []string          // "{Name}" stands for any segment, which is the field Name
	query          map[string]string // parameter to field
}

// NewRESTJSON is for a service whose actions are found at these routes, as above. Members are called as their fields are in Go but
// for those named ("PlacementStrategy.Type": "type").
func NewRESTJSON(routes, members map[string]string) RESTJSON {
	p := RESTJSON{codec: plainJSON{members}}
	for action, spelt := range routes {
		method, where, ok := strings.Cut(spelt, " ")
		path, query, _ := strings.Cut(where, "?")
		fields, err := url.ParseQuery(query)
		if !ok || err != nil {
			panic("not a route: " + spelt)
		}
		r := route{action: action, method: method, path: segments(path), query: map[string]string{}}
		for parameter := range fields {
			r.query[parameter] = fields.Get(parameter)
		}
		p.routes = append(p.routes, r)
	}
	return p
}

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// Route finds the action that a request asks for, and the protocol to read and answer this one request with.
func (p RESTJSON) Route(r *http.Request) (action string, spoken Protocol, ok bool) {
	path := segments(r.URL.EscapedPath())
	for _, candidate := range p.routes {
		if fields, ok := candidate.match(r.Method, path); ok {
			for parameter, values := range r.URL.Query() {
				if field, ok := candidate.query[parameter]; ok {
					fields[field] = values
				}
			}
			return candidate.action, restCall{p, fields}, true
		}
	}
	return "", nil, false
}

// match returns the fields that are in the path.
func (r route) match(method string, path []string) (map[string][]string, bool) {
	if method != r.method || len(path) != len(r.path) {
		return nil, false
	}
	fields := map[string][]string{}
	for i, want := range r.path {
		name, ok := strings.CutPrefix(want, "{")
		if !ok {
			if want != path[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(path[i])
		if err != nil || value == "" {
			return nil, false
		}
		fields[strings.TrimSuffix(name, "}")] = []string{value}
	}
	return fields, true
}

// restCall is the protocol as one request speaks it.
type restCall struct {
	RESTJSON
	fields map[string][]string // from path and query
}

// Read fills in from body, path and query.
func (c restCall) Read(body []byte, in any) error {
	if err := c.codec.read(body, in); err != nil {
		return err
	}
	v := reflect.ValueOf(in).Elem()
	for name, values := range c.fields {
		field := v.FieldByName(name)
		switch {
		case field.Type() == reflect.TypeFor[[]string]():
			field.Set(reflect.ValueOf(slices.Clone(values)))
			continue
		case field.Kind() == reflect.Pointer:
			field.Set(reflect.New(field.Type().Elem()))
			field = field.Elem()
		}
		if err := fillScalar(field, values[0]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Write answers in JSON.
func (p RESTJSON) Write(w http.ResponseWriter, c Call, out any) {
	send(w, c, restType, http.StatusOK, p.codec.write(out))
}

// Fail answers with the error's name in a header, and with its message.
func (p RESTJSON) Fail(w http.ResponseWriter, c Call, f *Fault) {
	w.Header().Set("X-Amzn-ErrorType", f.Code)
	send(w, c, restType, f.status(), p.codec.fail(f))
}

const restType = "application/json"

// Refuse speaks as the REST services do.
func (RESTJSON) Refuse(r Refusal, message string) *Fault { return restWording.refuse(r, message) }

var restWording = wording{
	Throttled:     {Code: "ThrottlingException", Message: "Rate exceeded", Status: 429},
	Unavailable:   {Code: "InternalServerException", Message: "An internal error has occurred", Status: 500},
	Denied:        {Code: "AccessDeniedException", Message: "Access denied", Status: 403},
	Expired:       {Code: "ExpiredTokenException", Message: "The security token included in the request is expired", Status: 403},
	Anonymous:     {Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token", Status: 403},
	UnknownAction: {Code: "UnknownOperationException", Message: "The operation is not known", Status: 404},
	Malformed:     {Code: "SerializationException", Message: "The request cannot be read"},
	Elsewhere:     {Code: "OptInRequired", Message: "The account has not enabled this region", Status: 403},
}
