// Package wire is the front of the lab: an http.Handler that any AWS client takes for AWS.
//
// All services share one port, as AWS_ENDPOINT_URL implies, and are told apart by what a request looks like:
//
//	X-Amz-Target: AmazonEC2ContainerServiceV20141113.StopTask      awsJson
//	POST /service/GraniteServiceVersion20100801/operation/...      rpcv2Cbor
//	Action=TerminateInstances&Version=2016-11-15                   ec2Query, awsQuery
//	PUT /schedules/nightly, signed for "scheduler"                 restJson
//
// A request is then read into the SDK's own input type, checked for who signs it and what is denied, handed to its service
// (package services), and answered in the protocol that it came in (package protocol). Every call is remembered.
package wire

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/wire/services"
	"gameday/internal/lab/world"
)

// Options are what may be wrong with an account's API.
type Options struct {
	// Denied are IAM actions that the caller lacks, like "ecs:StopTask" or "ec2:*".
	Denied []string

	// Intercept sees every call that is signed, known, readable and allowed, before it is carried out, and decides what
	// becomes of it. Nil lets all pass. Handler.Intercept changes it.
	Intercept Interceptor
}

// Handler answers AWS clients. It is safe for concurrent use.
type Handler struct {
	services  []*services.Service
	denied    []string
	intercept atomic.Pointer[Interceptor]
	world     *world.World
	count     atomic.Int64
	ledger    ledger
}

// New is the front of the account w, whose metrics are in m.
func New(w *world.World, m *metrics.Store, o Options) *Handler {
	h := &Handler{services: services.All(w, m), denied: o.Denied, world: w}
	h.Intercept(o.Intercept)
	w.OnSchedule(h.invoke)
	return h
}

// Intercept has i decide from now on what becomes of calls; nil lets all pass. Calls that are under way keep their fate.
func (h *Handler) Intercept(i Interceptor) {
	if i == nil {
		i = func(Call) Fate { return Pass }
	}
	h.intercept.Store(&i)
}

// Calls are the calls so far, in the order in which they ended, without the oldest where there were very many.
func (h *Handler) Calls() []Call { return h.ledger.all() }

// ServeHTTP answers one call.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	body, err := readBody(w, r)
	if err != nil {
		http.Error(w, "cannot read the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	d, ok := h.route(r, body)
	if !ok {
		http.Error(w, "this is no call of a service that the lab has: "+r.Method+" "+r.URL.Path, http.StatusNotFound)
		return
	}
	call := Call{N: int(h.count.Add(1)), At: started, ID: requestID(), Service: d.service.Name, Action: d.action}
	out, silence, err := h.answer(r, d, &call)
	fault := faultOf(d.protocol, err)
	if fault != nil {
		call.Code = fault.Code
	}
	call.Took, call.Lost = time.Since(started), silence != spoken
	h.ledger.add(call) // before the answer, so that a client that has it also finds its call
	if silence != spoken {
		silence.leave(r)
	}
	time.Sleep(time.Until(started.Add(atLeast)))
	reply := protocol.Call{Action: call.Action, ID: call.ID}
	if fault != nil {
		d.protocol.Fail(w, reply, fault)
		return
	}
	d.protocol.Write(w, reply, out)
}

// atLeast is how long every answer takes. AWS takes longer, and clients count on it: the Go SDK tears the connection
// down under an answer that arrives while its transport is still winding up the request.
const atLeast = 3 * time.Millisecond

// readBody unpacks what SDKs compress when it is large.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, largestBody)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = io.LimitReader(unpacked, largestBody)
	}
	return io.ReadAll(body)
}

const largestBody = 4 << 20

// answer decides a call, and fills in what it learns of it.
func (h *Handler) answer(r *http.Request, d destination, call *Call) (any, silence, error) {
	who, err := signer(r)
	call.Region, call.By, call.Key = who.region, h.principal(who), who.key
	if err != nil {
		return nil, spoken, err
	}
	// An account of nothing is at home everywhere, and STS has a global endpoint.
	if home := h.world.Account().Region; home != "" && who.region != home && d.service.Name != "sts" {
		return nil, spoken, d.protocol.Refuse(protocol.Elsewhere,
			fmt.Sprintf("The lab's account is in %s alone, and %s is not enabled in it: use --region %s or AWS_REGION=%s.", home, who.region, home, home))
	}
	o, ok := d.service.Operations[d.action]
	if !ok {
		return nil, spoken, d.protocol.Refuse(protocol.UnknownAction,
			fmt.Sprintf("The action %s is not valid for this web service.", d.action))
	}
	call.Write = o.Write
	in := o.New()
	if err := d.protocol.Read(d.body, in); err != nil {
		return nil, spoken, malformed(d.protocol, err)
	}
	call.Input, call.DryRun = in, services.DryRun(in)
	if who.key == OtherKey {
		return carryOut(d.protocol, o, call, Pass)
	}
	if sentence := h.denial(o, in); sentence != "" {
		return nil, spoken, d.protocol.Refuse(protocol.Denied, sentence)
	}
	return carryOut(d.protocol, o, call, (*h.intercept.Load())(*call))
}

// carryOut does to a call what its fate demands.
func carryOut(p words, o services.Operation, call *Call, f Fate) (any, silence, error) {
	if f.skipped {
		return nil, f.silence, f.refusal
	}
	out, err := o.Handle(call.Input)
	call.Applied = true
	if f.then != nil {
		after := *call
		if fault := faultOf(p, err); fault != nil {
			after.Code = fault.Code
		}
		f.then(after)
	}
	return out, f.silence, err
}

// destination is where a request goes, and what it has to say there.
type destination struct {
	service  *services.Service
	protocol protocol.Protocol
	action   string
	body     []byte
}

// route finds a request's service by its looks.
func (h *Handler) route(r *http.Request, body []byte) (destination, bool) {
	if shape, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		json10 := strings.HasSuffix(r.Header.Get("Content-Type"), "json-1.0")
		return h.find(action, body, func(s *services.Service) protocol.Protocol {
			switch {
			case s.Shape != shape:
				return nil
			case json10:
				return s.JSON10
			default:
				return s.JSON11
			}
		})
	}
	if shape, action, ok := rpcPath(r.URL.Path); ok {
		return h.find(action, body, func(s *services.Service) protocol.Protocol {
			if s.Shape != shape {
				return nil
			}
			return s.CBOR
		})
	}
	if d, ok := h.routeREST(r, body); ok {
		return d, true
	}
	if len(body) == 0 && r.Method == http.MethodGet {
		body = []byte(r.URL.RawQuery)
	}
	action, version, err := protocol.Form(body)
	if err != nil || action == "" {
		return destination{}, false
	}
	return h.find(action, body, func(s *services.Service) protocol.Protocol {
		if s.Version != version {
			return nil
		}
		return s.Query
	})
}

func (h *Handler) find(action string, body []byte, speaks func(*services.Service) protocol.Protocol) (destination, bool) {
	for _, s := range h.services {
		if p := speaks(s); p != nil {
			return destination{s, p, action, body}, true
		}
	}
	return destination{}, false
}

// routeREST finds a service by who the request is signed for: paths like /tags/... are the same for many.
func (h *Handler) routeREST(r *http.Request, body []byte) (destination, bool) {
	who, _ := signer(r) // where it is nobody's, or expired, the answer will say so
	for _, s := range h.services {
		if s.REST == nil || s.Name != who.service {
			continue
		}
		if action, spoken, ok := s.REST.Route(r); ok {
			return destination{s, spoken, action, body}, true
		}
	}
	return destination{}, false
}

// rpcPath splits /service/Shape/operation/Action.
func rpcPath(path string) (shape, action string, ok bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) != 4 || parts[0] != "service" || parts[2] != "operation" {
		return "", "", false
	}
	return parts[1], parts[3], true
}

// words are how a service says no.
type words interface {
	Refuse(r protocol.Refusal, message string) *protocol.Fault
}

// faultOf is what goes over the wire for an error; nil for none.
func faultOf(p words, err error) *protocol.Fault {
	var fault *protocol.Fault
	var refusal protocol.Refusal
	var refused *world.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &refused):
		return &protocol.Fault{Code: refused.Code, Message: refused.Message}
	case errors.As(err, &refusal):
		return p.Refuse(refusal, "")
	default:
		return p.Refuse(protocol.Unavailable, err.Error())
	}
}

// malformed is the answer to a request that cannot be read.
func malformed(p protocol.Protocol, err error) error {
	var fault *protocol.Fault
	if errors.As(err, &fault) {
		return fault
	}
	return p.Refuse(protocol.Malformed, err.Error())
}
