package traffic

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"gameday/internal/lab/metrics"
)

// tally counts what happened to the requests that reached the load balancer in one zone for one pool, by metrics bucket.
type tally struct {
	mu    sync.Mutex
	cells map[time.Time]*cell
	spare *cell
}

// cell is one bucket's worth of a tally.
type cell struct {
	chosen   uint64    // requests for which a target was chosen
	target   [6]uint64 // answers of targets by class: 2 for 2xx
	refused  uint64    // connections to targets that failed
	elb      map[int]uint64
	response *hdrhistogram.Histogram // microseconds, between request sent and head of answer
	seconds  float64                 // their exact sum
	fastest  time.Duration
	slowest  time.Duration
}

// outcome is what happened to one request.
type outcome struct {
	chosen  bool
	refused bool
	target  int           // the target's status, 0 where it gave none; as on AWS, no metric tells whether the answer broke off
	elb     int           // the load balancer's own status, 0 where the target's was passed on
	took    time.Duration // the target's time, where it answered
}

func newCell() *cell {
	return &cell{elb: map[int]uint64{}, response: hdrhistogram.New(1, int64(10*time.Minute/time.Microsecond), 2)}
}

func (t *tally) add(bucket time.Time, o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.cells[bucket]
	if c == nil {
		c, t.spare = t.spare, nil
		if c == nil {
			c = newCell()
		}
		if t.cells == nil {
			t.cells = map[time.Time]*cell{}
		}
		t.cells[bucket] = c
	}
	c.add(o)
}

func (c *cell) add(o outcome) {
	if o.chosen {
		c.chosen++
	}
	if o.refused {
		c.refused++
	}
	if o.elb != 0 {
		c.elb[o.elb]++
	}
	if o.target == 0 {
		return
	}
	if class := o.target / 100; class < len(c.target) {
		c.target[class]++
	}
	_ = c.response.RecordValue(max(1, o.took.Microseconds())) // an answer after ten minutes does not exist
	c.seconds += o.took.Seconds()
	c.slowest = max(c.slowest, o.took)
	if c.fastest == 0 || o.took < c.fastest {
		c.fastest = o.took
	}
}

// until takes out the cells of the buckets before end.
func (t *tally) until(end time.Time) map[time.Time]*cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := map[time.Time]*cell{}
	for bucket, c := range t.cells {
		if bucket.Before(end) {
			taken[bucket] = c
			delete(t.cells, bucket)
		}
	}
	return taken
}

// recycle keeps a cell's memory for the next bucket.
func (t *tally) recycle(c *cell) {
	response := c.response
	response.Reset()
	clear(c.elb)
	*c = cell{elb: c.elb, response: response}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spare = c
}

// responseTime is the cell's response times as a metric's values, in seconds.
func (c *cell) responseTime() metrics.Cell {
	v := metrics.Cell{
		Count: float64(c.response.TotalCount()), Sum: c.seconds,
		Min: c.fastest.Seconds(), Max: c.slowest.Seconds(),
	}
	for _, bar := range c.response.Distribution() {
		if bar.Count > 0 {
			v.Bars = append(v.Bars, metrics.Bar{Value: float32(float64(bar.To) / 1e6), Count: uint32(bar.Count)})
		}
	}
	return v
}
