package across

import (
	"bufio"
	"encoding/gob"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"gameday/reports"
)

// Record is the name of the record in the folder of a run.
const Record = "result.json"

// Index is the summaries of the runs in one folder, each with the size and the time of the record that it was made
// from. It is a cache: the record decides, an entry whose record has another size or time is made again, and the file
// may be damaged or thrown away at any time.
type Index struct {
	file   string
	format string
}

type entry struct {
	Size     int64
	Modified int64 // in nanoseconds of the Unix clock
	Summary  Summary
}

// OpenIndex uses the index in a file, "" for none that outlives the process. One that is not there, or not of this format, is empty: what
// an entry says depends on the gameday that made it.
func OpenIndex(file, format string) *Index { return &Index{file: file, format: format} }

// Listed is one run of a list: its summary, or why there is none.
type Listed struct {
	Run     string
	Summary Summary
	Err     error // os.ErrNotExist where the run has left no record
}

// List summarizes runs of a folder, in their order. It reads the records that the index does not know and forgets the
// runs that it is not asked for.
func (x *Index) List(folder string, runs []string) []Listed {
	known := make(chan map[string]entry, 1)
	go func() { known <- x.read() }()
	there := make([]entry, len(runs)) // as the folder has them, without their summaries
	listed := make([]Listed, len(runs))
	for i, run := range runs {
		listed[i].Run = run
		there[i], listed[i].Err = look(filepath.Join(folder, run, Record))
	}
	entries := <-known
	changed := false
	each(len(runs), func(i int) {
		switch e, ok := entries[runs[i]]; {
		case listed[i].Err != nil:
		case ok && e.of(there[i]):
			listed[i].Summary = e.Summary
		default:
			listed[i].Summary, listed[i].Err = summary(folder, runs[i])
		}
	})
	kept := make(map[string]entry, len(runs))
	for i, run := range runs {
		if listed[i].Err == nil && there[i].settled() {
			there[i].Summary = listed[i].Summary
			kept[run] = there[i]
			changed = changed || !entries[run].of(there[i])
		}
	}
	if changed || len(kept) != len(entries) {
		x.write(kept)
	}
	return listed
}

// each calls f with every number below n, on as many processors as there are.
func each(n int, f func(i int)) {
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		all.Go(func() {
			for i := worker; i < n; i += workers {
				f(i)
			}
		})
	}
	all.Wait()
}

// look says what there is of a record without reading it.
func look(path string) (entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return entry{}, err
	}
	return entry{Size: info.Size(), Modified: info.ModTime().UnixNano()}, nil
}

// summary makes the summary of a run from its record.
func summary(folder, run string) (Summary, error) {
	data, err := os.ReadFile(filepath.Join(folder, run, Record))
	if err != nil {
		return Summary{}, err
	}
	r, err := reports.Read(data)
	if err != nil {
		return Summary{}, err
	}
	s := Summarize(r)
	s.Run = run // the folder's name is what users call it by, whatever it was called when it ran
	return s, nil
}

// of reports whether both were made from the same state of a record.
func (e entry) of(other entry) bool { return e.Size == other.Size && e.Modified == other.Modified }

// settled reports whether the record is old enough that a change of it would show in its time: clocks of file systems
// tick slowly, and what is written twice within a tick looks the same.
func (e entry) settled() bool { return time.Since(time.Unix(0, e.Modified)) > 10*time.Second }

// read returns the entries of the index by run, none where it cannot be used.
func (x *Index) read() map[string]entry {
	f, err := os.Open(x.file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var format string
	d := gob.NewDecoder(bufio.NewReader(f))
	if d.Decode(&format) != nil || format != x.format {
		return nil
	}
	entries := map[string]entry{}
	for {
		var e entry
		switch err := d.Decode(&e); {
		case errors.Is(err, io.EOF):
			return entries
		case err != nil:
			return nil
		}
		entries[e.Summary.Run] = e
	}
}

// write keeps the index for the next time. A cache that cannot be written is none, and harms nobody.
func (x *Index) write(entries map[string]entry) {
	folder := filepath.Dir(x.file)
	if x.file == "" || os.MkdirAll(folder, 0o700) != nil {
		return
	}
	draft, err := os.CreateTemp(folder, ".index-*")
	if err != nil {
		return
	}
	buffer := bufio.NewWriter(draft)
	g := gob.NewEncoder(buffer)
	err = g.Encode(x.format)
	for _, e := range entries {
		err = errors.Join(err, g.Encode(e))
	}
	err = errors.Join(err, buffer.Flush())
	if closed := draft.Close(); err != nil || closed != nil || os.Rename(draft.Name(), x.file) != nil {
		os.Remove(draft.Name())
	}
}
