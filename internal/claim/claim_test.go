package claim

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	one = Owner{Run: "one", Folder: "/runs/one"}
	two = Owner{Run: "two", Folder: "/runs/two"}
)

func nobody(t *testing.T) func(Owner) error {
	return func(o Owner) error {
		t.Errorf("asked about %v, who has given everything back", o)
		return nil
	}
}

// TestMain lets a test run itself as a process that takes a claim and waits for its end.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CLAIM_DIR"); dir != "" {
		if _, err := Take(dir, one, []string{"i-1"}, func(Owner) error { return nil }); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("taken\n")
		select {}
	}
	os.Exit(m.Run())
}

func TestATargetIsClaimedOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "claims")
	first, err := Take(dir, one, []string{"i-1", "i-2"}, nobody(t))
	if err != nil {
		t.Fatal(err)
	}
	var held *HeldError
	_, err = Take(dir, two, []string{"i-3", "i-2"}, nobody(t))
	if !errors.As(err, &held) || held.Target != "i-2" || held.Owner.Run != "one" || held.Owner.PID != os.Getpid() {
		t.Fatalf("got %v", err)
	}
	other, err := Take(dir, two, []string{"i-3"}, nobody(t)) // a claim on part of the targets is a claim on none
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Claims{first, other} {
		if err := c.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := Take(dir, two, []string{"i-2"}, nobody(t)); err != nil {
		t.Fatal(err)
	}
}

func TestTheDeadAreAskedFor(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), "CLAIM_DIR="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "taken\n" {
		t.Fatal(line, err)
	}
	var held *HeldError
	if _, err := Take(dir, two, []string{"i-1"}, nobody(t)); !errors.As(err, &held) || held.Owner.PID != child.Process.Pid {
		t.Fatalf("got %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed

	uncleared := errors.New("one has left something in effect")
	if _, err := Take(dir, two, []string{"i-1"}, func(o Owner) error {
		if o.Run != "one" || o.Folder != "/runs/one" {
			t.Errorf("asked about %v", o)
		}
		return uncleared
	}); !errors.Is(err, uncleared) {
		t.Fatalf("got %v", err)
	}
	if _, err := Take(dir, two, []string{"i-1"}, func(Owner) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestAbandonedClaimsSayWhose(t *testing.T) {
	dir := t.TempDir()
	c, err := Take(dir, one, []string{"i-1"}, nobody(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Abandon(); err != nil {
		t.Fatal(err)
	}
	asked := false
	again, err := Take(dir, two, []string{"i-1"}, func(o Owner) error { asked = o.Run == "one"; return nil })
	if err != nil || !asked {
		t.Fatal(err, asked)
	}
	if err := again.Abandon(); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir, two, []string{"i-1"}, nobody(t)); err != nil { // one's own needs no asking
		t.Fatal(err)
	}
}

func TestATornClaimIsFree(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName("i-1")), []byte(`{"run":"o`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir, two, []string{"i-1"}, nobody(t)); err != nil {
		t.Fatal(err)
	}
}

func TestAnyNameWillDo(t *testing.T) {
	dir := t.TempDir()
	target := "arn:aws:ecs:eu-west-1:1:service/web/../../etc/passwd"
	if _, err := Take(dir, one, []string{target}, nobody(t)); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || strings.ContainsAny(files[0].Name(), "/:") {
		t.Fatal(files, err)
	}
}
