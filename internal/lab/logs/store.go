// Package logs is the lab's CloudWatch Logs: groups of streams of lines, kept in memory, and the filter patterns that find them.
package logs

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// kept bounds what a stream remembers.
const kept = 20_000

// Store holds log groups. The zero value is empty and ready. Safe for concurrent use.
type Store struct {
	mu     sync.Mutex
	groups map[string]*group
	count  int
}

type group struct {
	created time.Time
	streams map[string]*stream
}

type stream struct {
	Stream
	events []Event
}

// Group is a log group.
type Group struct {
	Name    string
	Created time.Time
	Bytes   int64
}

// Stream is a log stream. First, Last and Ingested are zero while it is empty.
type Stream struct {
	Name        string
	Created     time.Time
	First, Last time.Time // of its events
	Ingested    time.Time // the last of them
	Bytes       int64
}

// Event is a line.
type Event struct {
	Stream   string
	N        int // in the order of arrival; unique in the store
	At       time.Time
	Ingested time.Time
	Message  string
}

// CreateGroup makes a group where it is missing.
func (s *Store) CreateGroup(name string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.group(name, now)
}

// Create makes a stream, and its group, where they are missing.
func (s *Store) Create(groupName, streamName string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream(groupName, streamName, now)
}

// Put adds a line that was written at a moment and arrives now.
func (s *Store) Put(groupName, streamName string, at, now time.Time, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.stream(groupName, streamName, now)
	s.count++
	if len(to.events) == kept {
		to.events = slices.Clone(to.events[kept/10:])
	}
	to.events = append(to.events, Event{Stream: streamName, N: s.count, At: at, Ingested: now, Message: message})
	if to.First.IsZero() {
		to.First = at
	}
	to.Last, to.Ingested, to.Bytes = at, now, to.Bytes+int64(len(message))+overhead
}

// overhead is what CloudWatch Logs counts for an event beside its message.
const overhead = 26

func (s *Store) stream(groupName, streamName string, now time.Time) *stream {
	g := s.group(groupName, now)
	to := g.streams[streamName]
	if to == nil {
		to = &stream{Stream: Stream{Name: streamName, Created: now}}
		g.streams[streamName] = to
	}
	return to
}

func (s *Store) group(name string, now time.Time) *group {
	if s.groups == nil {
		s.groups = map[string]*group{}
	}
	if s.groups[name] == nil {
		s.groups[name] = &group{created: now, streams: map[string]*stream{}}
	}
	return s.groups[name]
}

// Groups returns every group, by name.
func (s *Store) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Group
	for name, g := range s.groups {
		shown := Group{Name: name, Created: g.created}
		for _, st := range g.streams {
			shown.Bytes += st.Bytes
		}
		all = append(all, shown)
	}
	slices.SortFunc(all, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Streams returns a group's streams, by name; ok is false where there is no such group.
func (s *Store) Streams(groupName string) (all []Stream, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[groupName]
	if g == nil {
		return nil, false
	}
	for _, st := range g.streams {
		all = append(all, st.Stream)
	}
	slices.SortFunc(all, func(a, b Stream) int { return strings.Compare(a.Name, b.Name) })
	return all, true
}

// Events returns the lines of a group's streams that are wanted, from (inclusive) to (exclusive) a time, in the order in which they were
// written; ok is false where there is no such group.
func (s *Store) Events(groupName string, wanted func(stream string) bool, from, to time.Time) (all []Event, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[groupName]
	if g == nil {
		return nil, false
	}
	for name, st := range g.streams {
		if !wanted(name) {
			continue
		}
		for _, e := range st.events {
			if !e.At.Before(from) && e.At.Before(to) {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.N, b.N)) })
	return all, true
}
