package main

import (
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// attack is vegeta with as many workers as there are connections, and the metrics that it makes of the results. Without a rate it
// sends as fast as it can.
func (t task) attack() result {
	pace := vegeta.Rate{Freq: int(t.Rate), Per: time.Second}
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(t.Connections)), vegeta.MaxWorkers(uint64(t.Connections)), vegeta.Connections(t.Connections))
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: t.URL})
	r := result{Begun: time.Now(), Scheduled: t.scheduled()}
	var m vegeta.Metrics
	for one := range attacker.Attack(target, pace, t.For, "") {
		m.Add(one)
	}
	m.Close()
	r.Sent, r.Answered = m.Requests, uint64(m.StatusCodes["200"])
	r.Latency = percentiles{P50: m.Latencies.P50, P99: m.Latencies.P99, Max: m.Latencies.Max}
	return r
}
