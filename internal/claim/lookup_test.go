package claim

import (
	"errors"
	"testing"
)

func TestWhatTheDeadClaimedIsForgotten(t *testing.T) {
	dir := t.TempDir()
	first, err := Take(dir, one, []string{"i-1", "i-2"}, nobody(t))
	if err != nil {
		t.Fatal(err)
	}
	all := func(Owner) bool { return true }
	if held, err := Holds(dir, "one"); err != nil || !held {
		t.Errorf("a living run holds nothing: %v", err)
	}
	if held, err := Holds(dir, "two"); err != nil || held {
		t.Errorf("another run holds what this one does: %v", err)
	}
	if err := errors.Join(Forget(dir, all), first.Abandon()); err != nil {
		t.Fatal(err)
	}
	asked := 0
	dead := func(Owner) error { asked++; return errors.New("not yet") }
	if held, err := Holds(dir, "one"); err != nil || held {
		t.Errorf("a dead run holds something: %v", err)
	}
	if _, err := Take(dir, two, []string{"i-1"}, dead); err == nil || asked != 1 {
		t.Errorf("what a living run claimed was forgotten: %v", err)
	}
	if err := Forget(dir, func(o Owner) bool { return o.Run == "two" }); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir, two, []string{"i-1"}, dead); err == nil {
		t.Error("another run's claims were forgotten")
	}
	if err := Forget(dir, func(o Owner) bool { return o.Run == "one" }); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir, two, []string{"i-1", "i-2"}, nobody(t)); err != nil {
		t.Error(err)
	}
}
