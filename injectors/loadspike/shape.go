package loadspike

import (
	"fmt"

	"gameday/internal/load"
)

// shape is what comes on top of a load of so many requests a second.
func (s *LoadSpike) shape(base float64) (load.Shape, error) {
	var shape load.Shape
	at := 0.0
	way := s.stages()
	for i, stage := range way {
		more := base * stage.Growth.Ratio()
		if stage.To != "" {
			more = stage.To.PerSecond() - base
		}
		if more < 0 {
			return nil, fmt.Errorf("it cannot get to %s, because it sends %s without: a spike only adds requests", written(stage.To.PerSecond()), written(base))
		}
		if over := stage.Over.Std(); over > 0 {
			p := load.Piece{For: over, From: at, To: more}
			if stage.Shape == exponential {
				p.Curve, p.On = load.Exponential, base
			}
			shape = append(shape, p)
		}
		at = more
		if hold := stage.Hold.Std(); hold > 0 {
			shape = append(shape, load.Piece{For: hold, From: at, To: at})
		}
		if i == len(way)-1 && stage.endless() {
			shape = append(shape, load.Constant(at)...)
		}
	}
	if at, _ := highest(shape); at == 0 {
		return nil, fmt.Errorf("it sends %s already: a peak lies above that", written(base))
	}
	return shape, nil
}

// highest is the rate that a shape comes to, and the first of its pieces that does.
func highest(s load.Shape) (rate float64, piece int) {
	for i, p := range s {
		if top := max(p.From, p.To); top > rate {
			rate, piece = top, i
		}
	}
	return rate, piece
}

// written writes a rate as authors do: "50/s", "100000/min".
func written(perSecond float64) string {
	for _, unit := range []struct {
		name    string
		seconds float64
	}{{"s", 1}, {"min", 60}} {
		if n := perSecond * unit.seconds; whole(n) {
			return fmt.Sprintf("%.0f/%s", n, unit.name)
		}
	}
	return fmt.Sprintf("%.4g/s", perSecond)
}

func whole(n float64) bool {
	rest := n - float64(int64(n+0.5))
	return n < 1e15 && rest < 1e-6 && rest > -1e-6
}
