package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// What this test binary does instead of testing where it is started with role set: it plays a process that has
// a journal open.
const role, where = "JOURNAL_TEST_ROLE", "JOURNAL_TEST_DIR"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "hold":
		hold(os.Getenv(where))
	case "full":
		full(os.Getenv(where))
	case "full at once":
		fullAtOnce(os.Getenv(where))
	default:
		os.Exit(m.Run())
	}
}

// hold creates a journal, says so, and keeps it open until it is killed.
func hold(dir string) {
	j := must(Create(dir, run))
	check(j.Will(1, "a", step{Instance: "i-1"}, false))
	fmt.Println("holding")
	must(io.Copy(io.Discard, os.Stdin))
}

func TestALiveProcessKeepsOthersOutAndADeadOneDoesNot(t *testing.T) {
	dir := t.TempDir()
	child := play(t, "hold", dir)
	stdin := must(child.StdinPipe())
	defer stdin.Close()
	stdout := must(child.StdoutPipe())
	ok(t, child.Start())
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "holding\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}

	if !must(Locked(dir)) {
		t.Error("not locked while a process has it open")
	}
	if _, _, err := Open(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("opened while another process has it open: %v", err)
	}
	records := must(Read(dir))
	if len(Pending(records)) != 1 || records[0].Begin.PID != child.Process.Pid {
		t.Errorf("read %+v while another process has it open", records)
	}

	ok(t, child.Process.Kill())
	if err := child.Wait(); err == nil {
		t.Fatal("the other process ended before it was killed")
	}
	if must(Locked(dir)) {
		t.Error("locked by a dead process")
	}
	j, records, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(Pending(records)) != 1 {
		t.Errorf("pending after the crash: %v", Pending(records))
	}
	ok(t, j.Undone(1))
	if left := Pending(must(Read(dir))); len(left) != 0 {
		t.Errorf("still pending: %v", left)
	}
}

func TestAJournalIsOpenOnceEvenWithinAProcess(t *testing.T) {
	dir := t.TempDir()
	j := must(Create(dir, run))
	if _, _, err := Open(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	ok(t, j.Close())
	j, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	ok(t, j.Close())
}

// full writes to a journal with room for only a part of the next line, then with room again. The limit on the
// size of files stands for a full disk: both cut a write short.
func full(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	j := must(Create(dir, run))
	limit(j.size + 40)
	for range 2 {
		if err := j.Will(1, "a", step{Instance: strings.Repeat("x", 100)}, false); !errors.Is(err, syscall.EFBIG) {
			panic(fmt.Sprintf("wrote beyond the limit: %v", err))
		}
		if got := int64(len(contents(dir))); got != j.size {
			panic(fmt.Sprintf("%d bytes left of a write that failed", got-j.size))
		}
	}
	limit(j.size + 10_000)
	check(j.Will(2, "a", step{Instance: "i-2"}, false))
	check(j.Did(2))
}

// limit bounds the size of the files that this process writes.
func limit(bytes int64) {
	var now syscall.Rlimit
	check(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now))
	now.Cur = uint64(bytes)
	check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now))
}

func TestAFullDiskLosesNothingThatWasWritten(t *testing.T) {
	dir := t.TempDir()
	if out, err := play(t, "full", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	records := must(Read(dir))
	if pending := Pending(records); len(records) != 3 || len(pending) != 1 || pending[0].N != 2 {
		t.Errorf("got %+v", records)
	}
}

// fullAtOnce tries to create a journal where there is no room for its first line.
func fullAtOnce(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit(10)
	if _, err := Create(dir, run); !errors.Is(err, syscall.EFBIG) {
		panic(fmt.Sprintf("created beyond the limit: %v", err))
	}
}

func TestCreateLeavesNothingOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := play(t, "full at once", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if left := must(os.ReadDir(dir)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func play(t *testing.T, part, dir string) *exec.Cmd {
	child := exec.CommandContext(t.Context(), must(os.Executable()))
	child.Env = append(os.Environ(), role+"="+part, where+"="+dir)
	return child
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
