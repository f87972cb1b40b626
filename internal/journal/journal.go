// Package journal remembers what a run is about to change, so that any later process can take it back.
//
// A journal is a file of JSON lines that only ever grows. One record is one line, one write and one fsync: when a
// method returns nil, its record survives a crash and a loss of power. The life of a step in it:
//
//	┌─────────────── pending ───────────────┐
//	will n ──► did n ──► undo_failed n ──► … ──► undone n, or lost n
//
// A step is pending from its will on, whether or not the rest followed.
//
// While a process writes a journal it holds a lock that the kernel takes back when the process dies, however it
// dies. The next writer cuts a torn last line before it adds its own; readers skip it.
//
// The package knows no kinds of faults: a step is JSON that it keeps for others.
package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// File is the journal's name within a run's folder.
const File = "journal.jsonl"

// Journal is a journal open for writing. It is safe for concurrent use.
//
// A method that returns an error has added nothing: what a failed write left behind, on a full disk for instance,
// is cut off again before the next record, and the method may be called again.
type Journal struct {
	mu   sync.Mutex
	file *os.File
	seq  int   // of the last good record
	size int64 // up to the end of the last good record
	torn bool  // something may follow the last good record
}

// Create makes the folder dir, readable by its owner alone, and in it a journal that starts with b, whose PID it
// fills in. It fails where dir holds a journal already, and leaves no journal behind where it fails.
func Create(dir string, b Begin) (*Journal, error) {
	b.PID = os.Getpid()
	j, err := create(dir, b)
	if err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	return j, nil
}

func create(dir string, b Begin) (*Journal, error) {
	if err := makeFolder(filepath.Clean(dir)); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, File)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{file: file}
	err = errors.Join(lock(file), syncFolder(dir))
	if err == nil {
		err = j.add(Record{Type: TypeBegin, Begin: &b})
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(path), file.Close())
	}
	return j, nil
}

// Open opens the journal in dir to go on with it, and returns what it says so far. It fails with ErrLocked while
// another process has it open, and where a line in its middle is damaged.
func Open(dir string) (*Journal, []Record, error) {
	file, err := os.OpenFile(filepath.Join(dir, File), os.O_RDWR, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("open journal: %w", err)
	}
	j, records, err := resume(file)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open journal %s: %w", file.Name(), err), file.Close())
	}
	return j, records, nil
}

func resume(file *os.File) (*Journal, []Record, error) {
	if err := lock(file); err != nil {
		return nil, nil, err
	}
	records, size, err := read(file)
	if err != nil {
		return nil, nil, err
	}
	j := &Journal{file: file, size: size, torn: true}
	if len(records) > 0 {
		j.seq = records[len(records)-1].Seq
	}
	return j, records, j.mend()
}

// Will announces step n of a kind, before it is done. What step marshals to must be all that undoing it takes.
// An irreversible step cannot be taken back, only waited for.
func (j *Journal) Will(n int, kind string, step any, irreversible bool) error {
	data, err := json.Marshal(step)
	if err != nil {
		return fmt.Errorf("write step %d of kind %s as JSON: %w", n, kind, err)
	}
	return j.add(Record{Type: TypeWill, N: n, Kind: kind, Step: data, Irreversible: irreversible})
}

// Did says that step n is in effect.
func (j *Journal) Did(n int) error {
	return j.add(Record{Type: TypeDid, N: n})
}

// Undone says that what step n changed is as it was, so that it is no longer pending.
func (j *Journal) Undone(n int) error {
	return j.add(Record{Type: TypeUndone, N: n})
}

// UndoFailed says that an attempt to undo step n failed. The step stays pending.
func (j *Journal) UndoFailed(n int, cause error) error {
	return j.add(Record{Type: TypeUndoFailed, N: n, Error: cause.Error()})
}

// Lost says that the irreversible step n did not heal in time. Nothing is left to be done about it, so that it is
// no longer pending.
func (j *Journal) Lost(n int, cause error) error {
	return j.add(Record{Type: TypeLost, N: n, Error: cause.Error()})
}

// Rollback says that this process, which is not the run's, begins to undo what is pending.
func (j *Journal) Rollback() error {
	return j.add(Record{Type: TypeRollback, PID: os.Getpid()})
}

// End says that the run is over, and how it ended. Steps may still be pending, and be undone after it.
func (j *Journal) End(verdict string) error {
	return j.add(Record{Type: TypeEnd, Verdict: verdict})
}

// Close gives the lock back. Nothing is lost where it is never called.
func (j *Journal) Close() error {
	return j.file.Close()
}

func (j *Journal) add(r Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.append(r); err != nil {
		return fmt.Errorf("write %q to the journal: %w", r.Type, err)
	}
	return nil
}

func (j *Journal) append(r Record) error {
	r.Seq, r.Time = j.seq+1, time.Now().UTC()
	line, err := json.Marshal(r)
	if err != nil {
		panic("journal: a record is not JSON: " + err.Error())
	}
	line = append(line, '\n')
	if err := j.mend(); err != nil {
		return err
	}
	j.torn = true
	_, err = j.file.WriteAt(line, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(err, j.mend())
	}
	j.seq, j.size, j.torn = r.Seq, j.size+int64(len(line)), false
	return nil
}

// mend cuts whatever follows the last good record.
func (j *Journal) mend() error {
	if !j.torn {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	j.torn = false
	return nil
}

// Read returns what the journal in dir says, whether or not a process is writing it. A torn last line is skipped:
// what it was to announce has not begun. Damage elsewhere is an error, because a step that is not known cannot be
// undone.
func Read(dir string) ([]Record, error) {
	file, err := os.Open(filepath.Join(dir, File))
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer file.Close()
	records, _, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("read journal %s: %w", file.Name(), err)
	}
	return records, nil
}

// read returns the records of a journal and the offset at which the last of them ends.
func read(file *os.File) ([]Record, int64, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, 0, err
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	var records []Record
	for line := range bytes.Lines(whole) {
		var r Record
		err := json.Unmarshal(line, &r)
		if err == nil && r.Type == "" {
			err = errors.New("it has no type")
		}
		if err != nil {
			return nil, 0, fmt.Errorf("line %d is damaged (%w): undo by hand what it announces, then remove it", len(records)+1, err)
		}
		records = append(records, r)
	}
	return records, int64(len(whole)), nil
}
