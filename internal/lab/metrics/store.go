// Package metrics is the lab's CloudWatch, without its wire: series of numbers, statistics over periods, and alarms.
//
//	collectors ──every resolution──► buckets ──after the delay──► statistics, alarms
//
// A bucket is as wide as the store's resolution. It becomes visible only when its end is older than the delay, as
// CloudWatch's data comes late; a bucket that nobody put anything into does not exist, and is not zero.
package metrics

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Dimension is one name and value of those that tell series of a metric apart.
type Dimension struct{ Name, Value string }

// ID names a series. The order of dimensions does not matter.
type ID struct {
	Namespace, Name string
	Dimensions      []Dimension
}

// retention is how long buckets are kept: three hours, which is what CloudWatch does for periods below a minute.
const retention = 3 * time.Hour

// Options says how a store publishes.
type Options struct {
	Resolution time.Duration // the width of a bucket, above zero
	Delay      time.Duration // from a bucket's end to its visibility
	Silent     bool          // nothing ever becomes visible
}

// Store keeps series and alarms. Safe for concurrent use.
type Store struct {
	options Options

	mu         sync.Mutex
	series     map[string]*series
	alarms     []*alarm
	collectors []func(bucket time.Time)
}

type series struct {
	id      ID
	unit    string
	buckets []bucket // in the order of time
}

type bucket struct {
	at   time.Time
	cell Cell
}

// New returns an empty store.
func New(o Options) *Store {
	return &Store{options: o, series: map[string]*series{}}
}

// Resolution returns the width of the store's buckets.
func (s *Store) Resolution() time.Duration { return s.options.Resolution }

// Delay returns how long after its end a bucket becomes visible.
func (s *Store) Delay() time.Duration { return s.options.Delay }

// Bucket returns the beginning of the bucket that t falls into.
func (s *Store) Bucket(t time.Time) time.Time { return t.Truncate(s.options.Resolution) }

// Collect has f called soon after the end of each bucket, with the bucket's beginning, while Run runs.
func (s *Store) Collect(f func(bucket time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collectors = append(s.collectors, f)
}

// Run collects and evaluates alarms at the end of every bucket, until ctx ends. A late Run catches up; one that slept
// (a suspended laptop) leaves a gap instead, because nobody knows what happened meanwhile.
func (s *Store) Run(ctx context.Context) {
	for bucket := s.Bucket(time.Now()); ; bucket = bucket.Add(s.options.Resolution) {
		if now := s.Bucket(time.Now()); now.Sub(bucket) > 10*s.options.Resolution {
			bucket = now
		}
		end := time.NewTimer(time.Until(bucket.Add(s.options.Resolution)))
		select {
		case <-ctx.Done():
			end.Stop()
			return
		case <-end.C:
		}
		s.mu.Lock()
		collectors := slices.Clone(s.collectors)
		s.mu.Unlock()
		for _, collect := range collectors {
			collect(bucket)
		}
		now := time.Now()
		s.forget(now.Add(-retention))
		s.evaluate(now)
	}
}

// Put merges cell into the bucket that at falls into.
func (s *Store) Put(id ID, unit string, at time.Time, cell Cell) {
	if cell.Count == 0 {
		return
	}
	at = s.Bucket(at)
	s.mu.Lock()
	defer s.mu.Unlock()
	key, id := id.canonical()
	found := s.series[key]
	if found == nil {
		found = &series{id: id, unit: unit}
		s.series[key] = found
	}
	i, exists := slices.BinarySearchFunc(found.buckets, at, func(b bucket, t time.Time) int { return b.at.Compare(t) })
	if !exists {
		found.buckets = slices.Insert(found.buckets, i, bucket{at: at})
	}
	found.buckets[i].cell.merge(cell)
}

// List returns the visible series, in a steady order. Empty arguments match everything; a dimension without a value
// matches any value.
func (s *Store) List(namespace, name string, dimensions []Dimension) []ID {
	horizon := s.horizon(time.Now())
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for key, found := range s.series {
		visible := !s.options.Silent && len(found.buckets) > 0 && found.buckets[0].at.Before(horizon)
		if visible && found.id.matches(namespace, name, dimensions) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	ids := make([]ID, len(keys))
	for i, key := range keys {
		ids[i] = s.series[key].id
		ids[i].Dimensions = slices.Clone(ids[i].Dimensions)
	}
	return ids
}

// horizon is where visibility ends: buckets that begin at or after it cannot be seen yet.
func (s *Store) horizon(now time.Time) time.Time {
	return s.Bucket(now.Add(-s.options.Delay))
}

func (s *Store) forget(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, found := range s.series {
		i, _ := slices.BinarySearchFunc(found.buckets, before, func(b bucket, t time.Time) int { return b.at.Compare(t) })
		found.buckets = slices.Delete(found.buckets, 0, i)
		if len(found.buckets) == 0 {
			delete(s.series, key)
		}
	}
}

// canonical returns the series' key, and i with its dimensions sorted and its own.
func (i ID) canonical() (string, ID) {
	i.Dimensions = slices.Clone(i.Dimensions)
	slices.SortFunc(i.Dimensions, func(a, b Dimension) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	var key strings.Builder
	key.WriteString(i.Namespace + "\x00" + i.Name)
	for _, d := range i.Dimensions {
		key.WriteString("\x00" + d.Name + "\x01" + d.Value)
	}
	return key.String(), i
}

func (i ID) matches(namespace, name string, dimensions []Dimension) bool {
	if namespace != "" && i.Namespace != namespace || name != "" && i.Name != name {
		return false
	}
	for _, wanted := range dimensions {
		has := func(d Dimension) bool {
			return d.Name == wanted.Name && (wanted.Value == "" || d.Value == wanted.Value)
		}
		if !slices.ContainsFunc(i.Dimensions, has) {
			return false
		}
	}
	return true
}
