package load

import "math"

// steady is a rate that does not change.
type steady float64

func (c steady) count(t float64) float64 { return float64(c) * t }
func (c steady) reach(n float64) float64 { return n / float64(c) }

// slope is a rate that changes by the same amount every second.
type slope struct{ from, by float64 }

func (c slope) count(t float64) float64 { return t * (c.from + c.by*t/2) }

// reach solves the quadratic equation in the way that does not subtract one large number from another.
func (c slope) reach(n float64) float64 {
	if n == 0 {
		return 0
	}
	return 2 * n / (c.from + math.Sqrt(max(0, c.from*c.from+2*c.by*n)))
}

// swell is a rate that, with what it comes on top of, changes by the same factor every second: sum*e^(by*t) - on.
type swell struct{ sum, by, on, length float64 }

func (c swell) count(t float64) float64 { return c.sum*math.Expm1(c.by*t)/c.by - c.on*t }

func (c swell) rate(t float64) float64 { return c.sum*math.Exp(c.by*t) - c.on }

// reach follows the tangent, and halves where that leads astray: there is no formula where on is not 0.
func (c swell) reach(n float64) float64 {
	if c.on == 0 {
		return math.Log1p(n*c.by/c.sum) / c.by
	}
	low, high := 0.0, c.length
	t := high / 2
	for range 100 {
		miss := c.count(t) - n
		if miss > 0 {
			high = t
		} else {
			low = t
		}
		next := t - miss/c.rate(t)
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		if math.Abs(next-t) <= 1e-16*c.length || next == low || next == high {
			return next
		}
		t = next
	}
	return t
}

func (p Piece) curve() curve {
	t := p.For.Seconds()
	switch {
	case p.Curve == Step || p.From == p.To:
		return steady(p.To)
	case p.Curve == Exponential:
		return swell{sum: p.From + p.On, by: math.Log((p.To+p.On)/(p.From+p.On)) / t, on: p.On, length: t}
	default:
		return slope{from: p.From, by: (p.To - p.From) / t}
	}
}
