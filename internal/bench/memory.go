package main

import (
	"context"
	"net"
	"runtime"
	"runtime/metrics"
	"time"
)

// memory looks at what a load takes while it goes on.
func (t task) memory(ctx context.Context) (r result, err error) {
	held := rest()
	most, early, goroutines := uint64(0), uint64(0), 0
	r, err = t.send(ctx, func() error {
		begun := time.Now()
		for time.Since(begun) < t.For {
			if err := pause(ctx, t.For/600); err != nil {
				return err
			}
			most, goroutines = max(most, memory()), max(goroutines, runtime.NumGoroutine())
			if time.Since(begun) < t.For/6 {
				early = most
			}
		}
		return nil
	})
	r.Memory, r.Growth, r.Goroutines = most-min(most, held), most-early, goroutines
	return r, err
}

// rest is what this process takes before there is a load.
func rest() uint64 {
	runtime.GC()
	return memory()
}

// memory is what Go has of the system's memory and has not given back, in bytes.
func memory() uint64 {
	of := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(of)
	return of[0].Value.Uint64() - of[1].Value.Uint64()
}

// blackHole does the same with a target that takes connections and says nothing, ever.
func (t task) blackHole(ctx context.Context) (result, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, err
	}
	defer listener.Close() // the kernel takes connections, and nobody answers
	t.URL = "http://" + listener.Addr().String() + "/"
	return t.memory(ctx)
}
