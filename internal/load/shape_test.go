package load

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

var shapes = map[string]Shape{
	"constant":              Constant(1666.6666666666667),
	"one an hour":           Constant(1.0 / 3600),
	"a thousand million":    Constant(1e9),
	"more than nanoseconds": Constant(3.7e9),
	"a day up":              {{For: 24 * time.Hour, From: 0, To: 20000}},
	"a day down":            {{For: 24 * time.Hour, From: 1e6, To: 0}, {From: 5, To: 5}},
	"the story":             {{For: time.Hour, From: 0, To: 5000}, {For: 30 * time.Minute, From: 5000, To: 5000}, {For: 10 * time.Minute, From: 5000}},
	"in thirds":             {{For: 7 * time.Second, To: 1.0 / 3, Curve: Step}, {For: 11 * time.Second}, {For: 13 * time.Second, From: 1.0 / 3, To: 77.7}, {To: 0.1, Curve: Step}},
	"exponential":           {{For: time.Hour, From: 10, To: 5000, Curve: Exponential}, {For: time.Minute, From: 5000, To: 1, Curve: Exponential}},
	"exponential from 0":    {{For: time.Hour, From: 0, To: 5000, On: 1666.6666666666667, Curve: Exponential}, {For: 6 * time.Hour, From: 5000, To: 0, On: 1666.6666666666667, Curve: Exponential}},
	"nothing at all":        {{For: time.Second}},
}

// The halves of a schedule agree: request n is due when n requests are due before it.
func TestSchedulesAgreeWithThemselves(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			c := shape.course()
			length := min(24*time.Hour, c[len(c)-1].to)
			for range 20000 {
				at := time.Duration(random.Int64N(int64(length)))
				if random.IntN(4) == 0 {
					at = at.Truncate(time.Second)
				}
				n := c.before(at)
				if due := c.due(n); due < at {
					t.Fatalf("%d requests are before %s, but the next is due at %s", n, at, due)
				}
				if n > 0 && c.due(n-1) >= at {
					t.Fatalf("%d requests are before %s, but the last of them is due at %s", n, at, c.due(n-1))
				}
				if next := c.due(n + 1); next < c.due(n) {
					t.Fatalf("request %d is due at %s, before the one before it at %s", n+1, next, c.due(n))
				}
				if later := c.before(at + time.Duration(random.IntN(1000))); later < n {
					t.Fatalf("fewer requests are before a later moment than %s", at)
				}
			}
		})
	}
}

// Each second of a day has as many requests as the integral of the rate says, calculated in 200 bits.
func TestSchedulesAreThoseOfExactNumbers(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			c := shape.course()
			length := min(24*time.Hour, c[len(c)-1].to)
			for at := time.Duration(0); at <= length; at += max(time.Second, (length / 300).Truncate(time.Second)) {
				// A request is due at the nearest nanosecond, so that those of half a nanosecond more are due later.
				low, high := exactly(shape, 2*at.Nanoseconds()-1, -1e-6), exactly(shape, 2*at.Nanoseconds()-1, 1e-6)
				if n := c.before(at); n < low || n > high {
					t.Fatalf("%d requests before %s, the integral says %d to %d", n, at, low, high)
				}
			}
		})
	}
}

func TestTotalsAreWhole(t *testing.T) {
	for _, c := range []struct {
		shape Shape
		want  uint64
	}{
		{Shape{{For: time.Hour, To: 100000.0 / 60}}, 3e6},
		{Shape{{For: time.Hour, From: 100000.0 / 60, To: 100000.0 / 60}}, 6e6},
		{Shape{{For: time.Minute, To: 1000}, {For: time.Minute, From: 1000, To: 1000}, {For: time.Minute, From: 1000}}, 120000},
		{Shape{{For: 10 * time.Second, To: 0.1, Curve: Step}}, 1},
		{Shape{{For: 24 * time.Hour, To: 100000.0 / 60, Curve: Step}, {For: time.Second}}, 144e6},
		{Shape{{For: 24 * time.Hour, To: 1.0 / 3600, Curve: Step}}, 24},
		{Shape{{For: time.Second}}, 0},
	} {
		course := c.shape.course()
		if got := course.before(c.shape.Duration()); got != c.want {
			t.Errorf("%v makes %d requests, want %d", c.shape, got, c.want)
		}
		if due := course.due(c.want); due != forever {
			t.Errorf("%v has a request more, due at %s", c.shape, due)
		}
	}
}

func TestShapesSurviveJSON(t *testing.T) {
	for name, shape := range shapes {
		data, err := json.Marshal(shape)
		if err != nil {
			t.Fatal(err)
		}
		var got Shape
		if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, shape) {
			t.Errorf("%s came back as %v: %v", name, got, err)
		}
		if err := shape.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShapesThatMakeNoSense(t *testing.T) {
	for _, s := range []Shape{
		{{For: -1, From: 1, To: 1}}, {{From: 1, To: 2}}, {{From: 1, To: 1}, {For: 1, From: 1, To: 1}},
		{{For: 1, From: -1}}, {{For: 1, To: math.NaN()}}, {{For: 1, To: math.Inf(1)}},
		{{For: 1, To: 5, Curve: Exponential}}, {{For: 1, To: 5, Curve: "wavy"}},
	} {
		if s.check() == nil {
			t.Errorf("%v was taken", s)
		}
	}
}

// exactly is how many requests are due before so many halves of a nanosecond, give or take that share of one request.
func exactly(s Shape, halves int64, slack float64) uint64 {
	sum := number(0)
	left := over(number(float64(halves)), number(2e9))
	for _, p := range s {
		t := number(p.For.Seconds())
		if p.For == 0 || left.Cmp(t) < 0 {
			t = left
		}
		if t.Sign() <= 0 {
			break
		}
		sum.Add(sum, integral(p, t))
		left = less(left, t)
	}
	sum.Add(sum, number(slack))
	n, accuracy := sum.Uint64()
	if sum.Sign() < 0 {
		return 0
	}
	if accuracy != big.Exact {
		n++
	}
	return n
}

func integral(p Piece, t *big.Float) *big.Float {
	from, to := number(p.From), number(p.To)
	switch {
	case p.Curve == Step || p.From == p.To:
		return times(to, t)
	case p.Curve == Linear:
		by := over(less(to, from), number(2*p.For.Seconds()))
		return times(t, plus(from, times(by, t)))
	}
	sum := plus(from, number(p.On))
	by := over(logarithm(over(plus(to, number(p.On)), sum)), number(p.For.Seconds()))
	grown := over(times(sum, less(exponential(times(by, t)), number(1))), by)
	return less(grown, times(number(p.On), t))
}

func number(x float64) *big.Float      { return big.NewFloat(x).SetPrec(200) }
func times(a, b *big.Float) *big.Float { return number(0).Mul(a, b) }
func over(a, b *big.Float) *big.Float  { return number(0).Quo(a, b) }
func less(a, b *big.Float) *big.Float  { return number(0).Sub(a, b) }
func plus(a, b *big.Float) *big.Float  { return number(0).Add(a, b) }

func exponential(x *big.Float) *big.Float {
	sum, term := number(1), number(1)
	for i := 1.0; i < 60; i++ {
		term = over(times(term, x), number(i))
		sum = plus(sum, term)
	}
	return sum
}

func logarithm(x *big.Float) *big.Float {
	about, _ := x.Float64()
	y := number(math.Log(about))
	for range 2 {
		y = plus(y, less(times(x, exponential(less(number(0), y))), number(1)))
	}
	return y
}

func ExampleShape() {
	grown := Shape{
		{For: time.Hour, From: 0, To: 5000},
		{For: 30 * time.Minute, From: 5000, To: 5000},
	}
	fmt.Println(grown.Duration())
	// Output: 1h30m0s
}
