package experiments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/internal/load"
	"gameday/internal/load/traffic"
	"gameday/reports"
)

// Traffic is what was settled of a load when it was planned.
type Traffic struct {
	Rate    string       // in words
	Log     *traffic.Log // what is replayed; nil where nothing is
	Content string       // a hash of what it takes from other files, "" where it takes nothing
}

// aim looks up where the loads go, and settles how much they send and what.
func (p *Plan) aim(ctx context.Context, env *cloud.Env) error {
	for _, l := range p.Experiment.Loads {
		s := load.Spec{
			URL: l.URL, Timeout: l.Timeout, WarmUp: l.WarmUp, Engine: l.Engine, Late: l.Late, Protocol: l.Protocol,
			Connections: l.Connections, Streams: l.Streams, Fresh: l.Fresh, Resolve: l.Resolve, TLS: l.TLS,
		}
		if l.LoadBalancer != "" {
			base, err := elb.ListenerURL(ctx, env, l.LoadBalancer)
			if err != nil {
				return fmt.Errorf("load %q: %w", l.Name, err)
			}
			s.URL = base
			if len(l.Requests) == 1 && l.Replay == nil {
				s.URL += l.Requests[0].Path
			}
		}
		var err error
		if s.Engine, err = s.Chosen(); err != nil {
			return fmt.Errorf("load %q: %w", l.Name, err)
		}
		t := Traffic{}
		s.Source = &traffic.Source{Seed: p.seed("load." + l.Name), Requests: l.Requests, Values: l.Values}
		if err := t.replay(ctx, l, s.Source); err != nil {
			return &Impossible{fmt.Sprintf("load %q", l.Name), err}
		}
		if err := t.pace(ctx, env, l, &s); err != nil {
			return err
		}
		t.Content = content(l, s)
		p.Loads[l.Name], p.Traffic[l.Name] = s, t
		p.warnOf(l, s, t)
	}
	return nil
}

// seed is that of one part of the experiment, so that adding another does not change it.
func (p *Plan) seed(part string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", p.Seed, part)
	return h.Sum64()
}

// replay reads the logs of a load.
func (t *Traffic) replay(ctx context.Context, l Load, s *traffic.Source) (err error) {
	if l.Replay == nil {
		return nil
	}
	if t.Log, err = traffic.ReadLogs(ctx, l.Replay.Files, l.Replay.Methods); err != nil {
		return err
	}
	like := l.Requests[0]
	s.Requests = slices.Clone(t.Log.Requests)
	for i := range s.Requests {
		q := &s.Requests[i]
		headers := maps.Clone(q.Headers)
		if headers == nil {
			headers = map[string]string{}
		}
		for name, value := range like.Headers {
			headers[http.CanonicalHeaderKey(name)] = value
		}
		q.Headers, q.Expect = headers, like.Expect
	}
	return nil
}

// pace settles how many requests come, and when.
func (t *Traffic) pace(ctx context.Context, env *cloud.Env, l Load, s *load.Spec) error {
	if err := t.rate(ctx, env, l, s); err != nil || l.Replay == nil || !l.Replay.Timing {
		return err
	}
	timing, err := t.Log.Arrivals.Timing()
	if err != nil {
		return &Impossible{fmt.Sprintf("load %q", l.Name), err}
	}
	pattern, err := timing.Pattern()
	if err != nil {
		return fmt.Errorf("load %q: %w", l.Name, err)
	}
	s.Timing = timing
	if s.Rate == 0 {
		s.Rate = pattern.Rate()
		t.Rate = perSecond(s.Rate)
	}
	t.Rate += ", timed as in the logs"
	return nil
}

func (t *Traffic) rate(ctx context.Context, env *cloud.Env, l Load, s *load.Spec) error {
	t.Rate = string(l.Rate)
	if l.Rate != attr.Current {
		s.Rate = attr.Rate(l.Rate).PerSecond()
		return nil
	}
	if l.planned > 0 {
		s.Rate, t.Rate = l.planned, perSecond(l.planned)+", as planned"
		return nil
	}
	present, err := elb.Present(ctx, env, l.LoadBalancer)
	if err != nil {
		return &Impossible{fmt.Sprintf("load %q", l.Name), err}
	}
	s.Rate = present.PerSecond
	t.Rate = fmt.Sprintf("%s, the present rate of %s (the median of %s)", perSecond(s.Rate), l.LoadBalancer, reports.Counted(present.Minutes, "minute"))
	return nil
}

func perSecond(rate float64) string { return fmt.Sprintf("%.4g/s", rate) }

// content is a hash of what a load takes from other files than the experiment's.
func content(l Load, s load.Spec) string {
	var of any
	switch {
	case l.Replay != nil:
		of = []any{s.Source.Requests, s.Timing}
	case l.Values != nil:
		of = l.Values
	default:
		return ""
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(of); err != nil {
		panic("experiments: requests that JSON cannot hold: " + err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// warnOf warns of what may surprise whoever sends this load.
func (p *Plan) warnOf(l Load, s load.Spec, t Traffic) {
	warn := func(format string, args ...any) {
		p.Warnings = append(p.Warnings, fmt.Sprintf("load %q ", l.Name)+fmt.Sprintf(format, args...))
	}
	if l.Rate == attr.Current {
		warn("comes on top of what %s gets from its users: it doubles that", l.LoadBalancer)
	}
	if t.Log == nil {
		return
	}
	unsafe := map[string]uint64{}
	for _, q := range t.Log.Requests {
		if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, q.Method) {
			unsafe[q.Method] += q.Weight
		}
	}
	if len(unsafe) > 0 {
		warn("REPEATS REQUESTS THAT CHANGE DATA (%s) at %s: methods allows it. Logs have no bodies, so they are sent without one", strings.Join(slices.Sorted(maps.Keys(unsafe)), ", "), s.URL)
	}
	if n := t.Log.LeftOut[traffic.Malformed]; n > 0 {
		warn("leaves out %s of its logs that make no sense", reports.Counted(int(n), "line"))
	}
	for _, file := range t.Log.Torn {
		warn("has what could be read of %s", file)
	}
}

// Manner says how a load is sent.
func (p *Plan) Manner(name string) string {
	s := p.Loads[name]
	text := fmt.Sprintf("%s engine, at most %s", s.Engine, reports.Counted(s.Connections, "connection"))
	if s.Protocol == load.HTTP2 {
		text = fmt.Sprintf("HTTP/2, %s, of %s each", text, reports.Counted(s.Streams, "request"))
	}
	if s.Fresh > 0 {
		text += fmt.Sprintf(", %.4g%% of requests on new ones", 100*s.Fresh)
	}
	if s.Late == load.Drop {
		text += ", dropped where late"
	}
	if s.WarmUp > 0 {
		text += ", warmed up for " + reports.Span(s.WarmUp)
	}
	if s.TLS.Insecure {
		text += ", whatever the certificate"
	}
	return text
}
