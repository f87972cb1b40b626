package main

import (
	"math"
	"time"
)

// claim is a figure of one trial, or of one beside another, and what it should be.
type claim struct {
	what, unit    string
	trial, beside string
	figure        func(trial, beside result) float64
	goal          goal
}

// goal is what a figure should be.
type goal struct {
	word string
	of   float64
	met  func(v float64) bool
}

func most(of float64) goal  { return goal{"at most", of, func(v float64) bool { return v <= of }} }
func least(of float64) goal { return goal{"at least", of, func(v float64) bool { return v >= of }} }
func below(of float64) goal { return goal{"below", of, func(v float64) bool { return v < of }} }

func (g goal) String() string { return g.word + " " + number(g.of) }

// labLatency is how long the service of lab.hcl takes for a request.
const labLatency = 20 * time.Millisecond

// claims are what the load engine and the lab are to keep.
func claims() []claim {
	all := []claim{
		{"Processor time of a request, standard engine : http.Client", "", "closed standard", "closed http.Client", ratio, most(1.2)},
		{"Processor time of a request, standard engine : vegeta", "", "closed standard", "closed vegeta", ratio, below(1)},
		{"Processor time of a request, fast engine : net.Conn", "", "closed fast", "closed net.Conn", ratio, most(1.25)},
		{"20,000/s by the standard engine on one core: sent", "%", "open standard at 20,000/s", "", alone(result.sent), least(99.9)},
		{"40,000/s by the fast engine on one core: sent", "%", "open fast at 40,000/s", "", alone(result.sent), least(99.9)},
	}
	for _, engine := range engines {
		all = append(all,
			claim{"1,000/s by the " + engine + " engine: send lag, p50", "ms", "lag " + engine, "", alone(result.typicalLag), most(0.1)},
			claim{"The server stalls for 1 s at 1,000/s, " + engine + " engine: p99 off the truth", "%", "stall " + engine, "", alone(result.offP99), most(5)},
			claim{"The same: the longest latency off the truth", "%", "stall " + engine, "", alone(result.offMax), most(2)},
			claim{"10,000/s for a minute, " + engine + " engine: memory over what the process takes without it", "MB", "memory " + engine, "", alone(result.memory), most(40)},
			claim{"The same: how much of that came after the first 10 s", "MB", "memory " + engine, "", alone(result.growth), most(2)},
			claim{"10,000/s to a target that never answers, " + engine + " engine: memory", "MB", "black hole " + engine, "", alone(result.memory), most(40)})
	}
	return append(all,
		claim{"The lab at 400,000/min: sent", "%", "lab", "", alone(result.sent), least(99.9)},
		claim{"The same: what it adds to the service's 20 ms, p99", "ms", "lab", "", alone(result.added), below(10)})
}

// alone is a figure of one trial.
func alone(f func(result) float64) func(trial, beside result) float64 {
	return func(trial, _ result) float64 { return f(trial) }
}

// ratio is that of the costs of two generators.
func ratio(trial, beside result) float64 { return trial.cost() / beside.cost() }

// cost is the processor time of a request in microseconds.
func (r result) cost() float64 { return r.CPU.Seconds() * 1e6 / float64(r.Answered) }

// speed is how many requests were answered in a second.
func (r result) speed() float64 { return float64(r.Answered) / r.Took.Seconds() }

// sent is the share of the schedule that was sent, in percent.
func (r result) sent() float64 { return 100 * float64(r.Sent) / float64(r.Scheduled) }

func (r result) typicalLag() float64 { return ms(r.Lag.P50) }
func (r result) offP99() float64     { return off(r.Latency.P99, r.Truth.P99) }
func (r result) offMax() float64     { return off(r.Latency.Max, r.Truth.Max) }
func (r result) memory() float64     { return float64(r.Memory) / 1e6 }
func (r result) growth() float64     { return float64(r.Growth) / 1e6 }

// added is what the lab has added to the latency of its service, if it is charged with all that the load engine added too.
func (r result) added() float64 { return ms(r.Latency.P99 - labLatency) }

// off is by how much, in percent.
func off(said, truth time.Duration) float64 { return 100 * math.Abs(said.Seconds()/truth.Seconds()-1) }

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }
