package logs

import (
	"testing"
	"time"
)

func TestPatterns(t *testing.T) {
	const npm = "npm error code ENOTFOUND"
	for _, c := range []struct {
		pattern, line string
		want          bool
	}{
		{"", npm, true},
		{"npm", npm, true},
		{"NPM", npm, false},
		{"npm ENOTFOUND", npm, true},
		{"npm ETIMEDOUT", npm, false},
		{`"npm error"`, npm, true},
		{`"error npm"`, npm, false},
		{`"a \"b\""`, `x a "b" y`, true},
		{"?gem ?npm", npm, true},
		{"?gem ?docker", npm, false},
		{"npm -ENOTFOUND", npm, false},
		{`npm -"no such"`, npm, true},
		{"%E[A-Z]+%", npm, true},
		{"%^code%", npm, false},
		{`{ $.level = "error" }`, `{"level":"error"}`, true},
		{`{ $.level = "err*" }`, `{"level":"error"}`, true},
		{`{ $.level != "error" }`, `{"level":"error"}`, false},
		{`{ $.http.status >= 500 }`, `{"http":{"status":503}}`, true},
		{`{ $.http.status >= 500 }`, `{"http":{"status":200}}`, false},
		{`{ $.http.status >= 500 }`, npm, false},
		{`{ ($.level = "error") && ($.n > 1) }`, `{"level":"error","n":2}`, true},
		{`{ $.level = "warn" || $.n > 1 }`, `{"level":"error","n":2}`, true},
		{`{ $.level = "warn" || $.n > 1 && $.n < 2 }`, `{"level":"error","n":2}`, false},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := p.Matches(c.line); got != c.want {
			t.Errorf("%s in %s: %v", c.pattern, c.line, got)
		}
	}
	for _, bad := range []string{`"open`, "{ $.x", "{ level = 1 }", "{ $.a > b }", "[a, b]", "two-words", "%(%", "npm ?"} {
		if _, err := ParsePattern(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestEventsAreFoundByTimeAndStream(t *testing.T) {
	var s Store
	began := time.Unix(1_700_000_000, 0)
	at := func(n int) time.Time { return began.Add(time.Duration(n) * time.Second) }
	s.Put("g", "b", at(2), at(3), "two")
	s.Put("g", "a", at(1), at(3), "one")
	s.Put("g", "a", at(2), at(3), "also two")
	s.Create("g", "c", at(9))
	anything := func(string) bool { return true }
	all, ok := s.Events("g", anything, at(1), at(3))
	if !ok || len(all) != 3 || all[0].Message != "one" || all[1].Message != "two" || all[2].Message != "also two" {
		t.Errorf("got %+v", all)
	}
	if some, _ := s.Events("g", func(name string) bool { return name == "a" }, at(2), at(9)); len(some) != 1 {
		t.Errorf("got %+v", some)
	}
	if _, ok := s.Events("none", anything, at(0), at(9)); ok {
		t.Error("there is no such group")
	}
	streams, _ := s.Streams("g")
	if len(streams) != 3 || !streams[0].Last.Equal(at(2)) || !streams[2].First.IsZero() || s.Groups()[0].Bytes != 14+3*overhead {
		t.Errorf("got %+v %+v", streams, s.Groups())
	}
}

func TestAStreamForgetsItsOldestLines(t *testing.T) {
	var s Store
	for n := range kept + 1 {
		s.Put("g", "a", time.Unix(int64(n), 0), time.Unix(int64(n), 0), "x")
	}
	all, _ := s.Events("g", func(string) bool { return true }, time.Unix(0, 0), time.Unix(kept*2, 0))
	if len(all) >= kept || all[len(all)-1].At.Unix() != kept {
		t.Errorf("%d lines, the last of %v", len(all), all[len(all)-1].At)
	}
}
