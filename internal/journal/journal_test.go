package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type step struct {
	Instance string
	Former   string
}

var run = Begin{Run: "r1", Experiment: "sudden_death", Account: "123456789012", Region: "eu-west-1", Version: "v1"}

func TestRecordsComeBackAsTheyWereWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "r1")
	j := must(Create(dir, run))
	ok(t, j.Will(1, "instance_kill", step{Instance: "i-1", Former: "a <b>\n\"c\""}, true))
	ok(t, j.Did(1))
	ok(t, j.Will(2, "nat_cutoff", step{Instance: "rtb-1"}, false))
	ok(t, j.UndoFailed(2, errors.New("throttled")))
	ok(t, j.Undone(2))
	ok(t, j.Lost(1, errors.New("not replaced in 5m")))
	ok(t, j.End("not rolled back"))
	ok(t, j.Close())

	begin := run
	begin.PID = os.Getpid()
	want := []Record{
		{Seq: 1, Type: TypeBegin, Begin: &begin},
		{Seq: 2, Type: TypeWill, N: 1, Kind: "instance_kill", Step: json.RawMessage(`{"Instance":"i-1","Former":"a \u003cb\u003e\n\"c\""}`), Irreversible: true},
		{Seq: 3, Type: TypeDid, N: 1},
		{Seq: 4, Type: TypeWill, N: 2, Kind: "nat_cutoff", Step: json.RawMessage(`{"Instance":"rtb-1","Former":""}`)},
		{Seq: 5, Type: TypeUndoFailed, N: 2, Error: "throttled"},
		{Seq: 6, Type: TypeUndone, N: 2},
		{Seq: 7, Type: TypeLost, N: 1, Error: "not replaced in 5m"},
		{Seq: 8, Type: TypeEnd, Verdict: "not rolled back"},
	}
	got := must(Read(dir))
	same(t, got, want)
	for _, r := range got {
		if r.Time.IsZero() {
			t.Errorf("record %d has no time", r.Seq)
		}
	}
}

func TestOnlyTheOwnerMayReadIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "r1")
	leave(t, dir)
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Dir(dir): 0o700, filepath.Join(dir, File): 0o600} {
		if got := must(os.Stat(path)).Mode().Perm(); got != want {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
	}
}

func TestCreateRefusesAFolderWithAJournal(t *testing.T) {
	dir := t.TempDir()
	leave(t, dir)
	before := contents(dir)
	if _, err := Create(dir, run); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("got %v, want that it exists", err)
	}
	if !bytes.Equal(contents(dir), before) {
		t.Error("the journal that was there has changed")
	}
}

func TestCreateSaysWhereItCannot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(file, nil, 0o600))
	closed := filepath.Join(t.TempDir(), "closed")
	ok(t, os.Mkdir(closed, 0o500))

	folders := map[string]error{filepath.Join(file, "r1"): nil, filepath.Join(closed, "r1"): fs.ErrPermission}
	if os.Getuid() == 0 {
		delete(folders, filepath.Join(closed, "r1")) // nothing is closed to root
	}
	for dir, want := range folders {
		_, err := Create(dir, run)
		if err == nil || want != nil && !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "create journal: ") || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %v, want an error that names %s", err, dir)
		}
	}
}

func TestATornTailIsCutAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	j := must(Create(dir, run))
	ok(t, j.Will(1, "a", step{Instance: "i-1"}, false))
	ok(t, j.Did(1))
	ok(t, j.Will(2, "a", step{Instance: "i-2"}, false))
	ok(t, j.Undone(2))
	ok(t, j.UndoFailed(1, errors.New("throttled")))
	ok(t, j.Lost(1, errors.New("not replaced in 5m")))
	ok(t, j.End("failed"))
	ok(t, j.Close())
	all, records := contents(dir), must(Read(dir))

	for n := range len(all) + 1 {
		dir := t.TempDir()
		ok(t, os.WriteFile(filepath.Join(dir, File), all[:n], 0o600))
		want := records[:bytes.Count(all[:n], []byte("\n"))]
		same(t, must(Read(dir)), want)

		j, got, err := Open(dir)
		ok(t, err)
		same(t, got, want)
		ok(t, j.Undone(1))
		ok(t, j.Close())
		same(t, must(Read(dir)), append(want[:len(want):len(want)], Record{Seq: len(want) + 1, Type: TypeUndone, N: 1}))
	}
}

func TestDamageInTheMiddleIsAnError(t *testing.T) {
	for _, damage := range []string{"{\"seq\":2,\"ty\n", "\x00\x00\n", "null\n", "\n"} {
		dir := t.TempDir()
		leave(t, dir)
		line := contents(dir)
		ok(t, os.WriteFile(filepath.Join(dir, File), append(append(line, damage...), line...), 0o600))

		_, readErr := Read(dir)
		_, _, openErr := Open(dir)
		for _, err := range []error{readErr, openErr} {
			if err == nil || !strings.Contains(err.Error(), "line 2 is damaged") || !strings.Contains(err.Error(), dir) {
				t.Errorf("%q: got %v", damage, err)
			}
		}
		if locked := must(Locked(dir)); locked {
			t.Error("the journal that could not be opened is still locked")
		}
	}
}

func TestReadingNeedsAJournal(t *testing.T) {
	dir := t.TempDir()
	_, readErr := Read(dir)
	_, _, openErr := Open(dir)
	_, lockErr := Locked(dir)
	for _, err := range []error{readErr, openErr, lockErr} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %v", err)
		}
	}
	if left := must(os.ReadDir(dir)); len(left) > 0 {
		t.Errorf("looking left %v behind", left)
	}
}

func TestConcurrentWritersKeepTheirLines(t *testing.T) {
	dir := t.TempDir()
	j := must(Create(dir, run))
	const steps = 40
	var all sync.WaitGroup
	for n := 1; n <= steps; n++ {
		all.Go(func() {
			ok(t, j.Will(n, "a", step{Instance: strings.Repeat("x", 50*n)}, false))
			ok(t, j.Did(n))
			if n%2 == 0 {
				ok(t, j.Undone(n))
			}
		})
	}
	all.Wait()
	records := must(Read(dir))
	for i, r := range records {
		if r.Seq != i+1 {
			t.Fatalf("record %d has number %d", i+1, r.Seq)
		}
	}
	if len(records) != 1+2*steps+steps/2 || len(Pending(records)) != steps/2 {
		t.Errorf("%d records, %d pending", len(records), len(Pending(records)))
	}
}

func TestAStepThatIsNotJSONIsRefused(t *testing.T) {
	j := must(Create(t.TempDir(), run))
	if err := j.Will(1, "a", func() {}, false); err == nil || !strings.Contains(err.Error(), "step 1 of kind a") {
		t.Errorf("got %v", err)
	}
}

func TestPendingIsWhatMayStillBeInEffect(t *testing.T) {
	will := func(n int) Record { return Record{Type: TypeWill, N: n} }
	is := func(n int, typ Type) Record { return Record{Type: typ, N: n} }
	cases := map[string]struct {
		records []Record
		want    []int
	}{
		"nothing":              {nil, nil},
		"announced":            {[]Record{will(1)}, []int{1}},
		"latest first":         {[]Record{will(1), is(1, TypeDid), will(3), will(2)}, []int{2, 3, 1}},
		"undone":               {[]Record{will(1), will(2), is(2, TypeDid), is(2, TypeUndone)}, []int{1}},
		"undone before did":    {[]Record{will(1), is(1, TypeUndone), is(1, TypeDid)}, nil},
		"lost":                 {[]Record{will(1), is(1, TypeDid), is(1, TypeLost)}, nil},
		"undo failed":          {[]Record{will(1), is(1, TypeDid), is(1, TypeUndoFailed)}, []int{1}},
		"undone after failing": {[]Record{will(1), is(1, TypeUndoFailed), is(1, TypeUndone)}, nil},
		"ended all the same":   {[]Record{will(1), {Type: TypeEnd}}, []int{1}},
	}
	for name, c := range cases {
		var got []int
		for _, r := range Pending(c.records) {
			got = append(got, r.N)
		}
		if !cmp.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// leave makes a journal in dir that nobody has open.
func leave(t *testing.T, dir string) {
	t.Helper()
	ok(t, must(Create(dir, run)).Close())
}

func contents(dir string) []byte {
	return must(os.ReadFile(filepath.Join(dir, File)))
}

// same compares records but for the times at which they were written.
func same(t *testing.T, got, want []Record) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Record{}, "Time"), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
