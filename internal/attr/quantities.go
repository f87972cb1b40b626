// Package attr is what the attributes of kinds are made of.
//
// Quantities are written as strings in experiment files: durations ("90s"),
// rates ("100000/min"), shares ("34%") and growths ("300%").
//
// They stay strings in the structs that HCL is decoded into, because gohcl would decode a bare 60 into a
// time.Duration as 60 nanoseconds without a word. The language checks every field of these types once,
// with a diagnostic on the guilty value; after that a kind may call Std, PerSecond or Ratio without an error.
package attr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a span of time as written in a file: "90s", "1h30m", "250ms". Never negative.
type Duration string

// Timeout is how long an answer may take, written like a Duration. It is the same at every speed of a rehearsal, as the
// bounds that values are judged by are.
type Timeout string

// Rate is a number of events per unit of time as written in a file: "50/s", "100000/min", "3/h".
type Rate string

// LoadRate is a Rate, or the word "current" for the one that there is at present.
type LoadRate string

// Current is the LoadRate of a load that takes its rate from reality.
const Current LoadRate = "current"

// Share is a part of a whole as written in a file: "34%", "0.5%". Between 0 % and 100 %.
type Share string

// Growth is by how much something grows, as a part of what it is, as written in a file: "300%" is to four times as much. Never negative.
type Growth string

// Words is a list of strings that may be written as one string where there is only one.
type Words []string

// Checked is what the language calls on every field of these types after decoding.
type Checked interface{ Check() error }

// Check reports what is wrong with d, in words for the author of the file. The empty string is an absent value.
func (d Duration) Check() error {
	_, err := d.parse()
	return err
}

// Std returns d as a time.Duration, 0 where it is absent. It panics on a value that Check refuses.
func (d Duration) Std() time.Duration {
	return must(d.parse())
}

// Scale returns d divided by speed, for rehearsals that run faster than written. What was not zero does not become
// less than a millisecond, because a wait of nothing is another thing than a short wait.
func (d Duration) Scale(speed float64) Duration {
	written := d.Std()
	if written == 0 || speed == 1 {
		return d
	}
	scaled := min(float64(written)/speed, math.MaxInt64/2)
	return Duration(max(time.Duration(scaled), min(written, time.Millisecond)).String())
}

func (d Duration) parse() (time.Duration, error) {
	if d == "" {
		return 0, nil
	}
	if _, err := strconv.ParseFloat(string(d), 64); err == nil && d != "0" {
		return 0, fmt.Errorf("a duration needs a unit: write \"%ss\" for seconds or \"%sm\" for minutes", string(d), string(d))
	}
	v, err := time.ParseDuration(string(d))
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration: write it like \"90s\", \"5m\" or \"1h30m\"", string(d))
	}
	if v < 0 {
		return 0, fmt.Errorf("a duration cannot be negative: %q", string(d))
	}
	return v, nil
}

// Check reports what is wrong with t, in words for the author of the file. The empty string is an absent value.
func (t Timeout) Check() error { return Duration(t).Check() }

// Std returns t as a time.Duration, 0 where it is absent. It panics on a value that Check refuses.
func (t Timeout) Std() time.Duration { return Duration(t).Std() }

// Check reports what is wrong with r, in words for the author of the file. The empty string is an absent value.
func (r Rate) Check() error {
	_, err := r.parse()
	return err
}

// PerSecond returns r in events per second, 0 where it is absent. It panics on a value that Check refuses.
func (r Rate) PerSecond() float64 {
	return must(r.parse())
}

func (r Rate) parse() (float64, error) {
	if r == "" {
		return 0, nil
	}
	hint := fmt.Errorf("%q is not a rate: write it like \"50/s\", \"100000/min\" or \"3/h\"", string(r))
	number, per, found := strings.Cut(string(r), "/")
	if !found {
		return 0, hint
	}
	seconds, known := map[string]float64{"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}[strings.TrimSpace(per)]
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !known || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, hint
	}
	if n <= 0 {
		return 0, fmt.Errorf("a rate must be above zero: %q", string(r))
	}
	return n / seconds, nil
}

// Check reports what is wrong with r, in words for the author of the file. The empty string is an absent value.
func (r LoadRate) Check() error {
	if r == Current {
		return nil
	}
	return Rate(r).Check()
}

// Check reports what is wrong with s, in words for the author of the file. The empty string is an absent value.
func (s Share) Check() error {
	_, err := s.parse()
	return err
}

// Ratio returns s as a number from 0 to 1, 0 where it is absent. It panics on a value that Check refuses.
func (s Share) Ratio() float64 {
	return must(s.parse())
}

func (s Share) parse() (float64, error) {
	if s == "" {
		return 0, nil
	}
	number, found := strings.CutSuffix(string(s), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !found || err != nil || math.IsNaN(n) {
		return 0, fmt.Errorf("%q is not a share: write it like \"34%%\"", string(s))
	}
	if n < 0 || n > 100 {
		return 0, fmt.Errorf("a share lies between \"0%%\" and \"100%%\": %q", string(s))
	}
	return n / 100, nil
}

// Check reports what is wrong with g, in words for the author of the file. The empty string is an absent value.
func (g Growth) Check() error {
	_, err := g.parse()
	return err
}

// Ratio returns g as a number, 3 for "300%", and 0 where it is absent. It panics on a value that Check refuses.
func (g Growth) Ratio() float64 {
	return must(g.parse())
}

func (g Growth) parse() (float64, error) {
	if g == "" {
		return 0, nil
	}
	number, found := strings.CutSuffix(string(g), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !found || err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%q is no growth: write it like \"300%%\", which is to four times as much", string(g))
	}
	if n < 0 {
		return 0, fmt.Errorf("a growth cannot be negative: %q", string(g))
	}
	return n / 100, nil
}

// must turns a value that slipped past Check into the bug that it is.
func must[T any](v T, err error) T {
	if err != nil {
		panic("attr: not checked before use: " + err.Error())
	}
	return v
}
