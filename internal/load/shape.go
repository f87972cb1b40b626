package load

import (
	"fmt"
	"math"
	"sort"
	"time"
)

// Shape is how many requests come a second, as it changes over time: one piece after the other. It is data.
type Shape []Piece

// Piece is a time during which a rate goes from one to another, both in requests a second.
type Piece struct {
	For   time.Duration `json:"for"` // for good where 0, which only a last piece whose rate does not change may be
	From  float64       `json:"from"`
	To    float64       `json:"to"`
	Curve Curve         `json:"curve,omitempty"`
	On    float64       `json:"on,omitempty"` // the rate on top of which this one comes: of an exponential piece, it is the sum that grows by the same factor in the same time
}

// Curve is how a rate goes from one to another.
type Curve string

// The curves.
const (
	Linear      Curve = "" // by the same amount in the same time
	Step        Curve = "step"
	Exponential Curve = "exponential"
)

// Constant is the same rate for good.
func Constant(rate float64) Shape { return Shape{{From: rate, To: rate}} }

// Duration is how long a shape takes, 0 where it goes on for good.
func (s Shape) Duration() (d time.Duration) {
	for _, p := range s {
		if p.For == 0 {
			return 0
		}
		d += p.For
	}
	return d
}

// Requests is how many come in all, infinitely many where a shape goes on for good.
func (s Shape) Requests() (n float64) {
	for _, p := range s {
		if p.For == 0 && p.To > 0 {
			return math.Inf(1)
		}
		n += p.curve().count(p.For.Seconds())
	}
	return n
}

// check says what is wrong with a shape.
func (s Shape) check() error {
	for i, p := range s {
		steady := p.From == p.To || p.Curve == Step
		switch {
		case !(p.From >= 0 && p.To >= 0 && p.On >= 0) || math.IsInf(p.From+p.To+p.On, 0):
			return fmt.Errorf("piece %d of the load's shape goes from %v to %v per second: rates are numbers of at least 0", i+1, p.From, p.To)
		case p.For < 0, p.For == 0 && (i < len(s)-1 || !steady):
			return fmt.Errorf("piece %d of the load's shape takes %s: only the last one may go on for good, at a rate that does not change", i+1, p.For)
		case p.Curve == Exponential && !steady && (p.From+p.On == 0 || p.To+p.On == 0):
			return fmt.Errorf("piece %d of the load's shape is exponential from %v to %v per second: no factor leads from or to nothing", i+1, p.From, p.To)
		case p.Curve != Linear && p.Curve != Step && p.Curve != Exponential:
			return fmt.Errorf("%q is no curve: write %q or %q, or leave it out for a straight line", p.Curve, Step, Exponential)
		}
	}
	return nil
}

// course is a Shape as a schedule. A request comes when the integral of the rate reaches its number. Times and numbers
// are counted from the beginning of each piece, so that rounding does not add up.
type course []stretch

// stretch is one piece of a course.
type stretch struct {
	rate  curve
	from  time.Duration
	to    time.Duration
	whole uint64  // requests due before it
	part  float64 // and the share of one more
	end   float64 // and those until its end, from whole on
}

// curve is a rate over the time of one piece, in seconds from its beginning.
type curve interface {
	count(t float64) float64 // requests due before t
	reach(n float64) float64 // when they are that many, its inverse
}

func (s Shape) course() course {
	var all course
	var at time.Duration
	var whole uint64
	var part float64
	for _, p := range s {
		c := stretch{rate: p.curve(), from: at, to: forever, whole: whole, part: part, end: part}
		if p.For > 0 {
			c.to = at + p.For
			c.end = round(part + c.rate.count(p.For.Seconds()))
			more, rest := math.Modf(c.end)
			whole, part = whole+uint64(more), rest
		} else if p.To > 0 {
			c.end = math.Inf(1)
		}
		at = c.to
		all = append(all, c)
	}
	return all
}

// round takes out what calculating has added to a whole number.
func round(n float64) float64 {
	if whole := math.Round(n); math.Abs(n-whole) <= 1e-14*n {
		return whole
	}
	return n
}

// forever is a moment that does not come.
const forever = time.Duration(math.MaxInt64)

func (c course) due(n uint64) time.Duration { return c.at(n, 0) }

// at is when the integral of the rate reaches n and a part.
func (c course) at(n uint64, part float64) time.Duration {
	after := sort.Search(len(c), func(i int) bool { return c[i].whole > n || c[i].whole == n && c[i].part > part })
	if after == 0 {
		return forever
	}
	s := c[after-1]
	m := float64(n-s.whole) + part
	if m >= s.end {
		return forever
	}
	t := math.Round(s.rate.reach(m-s.part) * float64(time.Second))
	if t >= float64(s.to-s.from) {
		return s.to
	}
	return s.from + time.Duration(t)
}

func (c course) before(t time.Duration) uint64 {
	i := sort.Search(len(c), func(i int) bool { return c[i].from >= t }) - 1
	if i < 0 {
		return 0
	}
	s := c[i]
	about := s.part + s.rate.count((min(t, s.to) - s.from).Seconds())
	return count(c.due, t, s.whole+uint64(about))
}
