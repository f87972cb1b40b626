package elb_test

import (
	"strings"
	"testing"

	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

func TestNamesAndARNsFindTheSame(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	b, err := elb.Find(t.Context(), env, "web")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := elb.Find(t.Context(), env, b.ARN); again != b || err != nil {
		t.Errorf("%s: got %+v, %v, want %+v", b.ARN, again, err, b)
	}
	g, err := elb.FindGroup(t.Context(), env, "comments")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := elb.FindGroup(t.Context(), env, g.ARN); again != g || err != nil {
		t.Errorf("%s: got %+v, %v, want %+v", g.ARN, again, err, g)
	}
	for _, ref := range []string{g.Name, g.ARN} {
		if again, err := b.Group(t.Context(), env, ref); again != g || err != nil {
			t.Errorf("%s: got %+v, %v, want %+v", ref, again, err, g)
		}
	}
	for _, nobody := range []string{"wbe", b.ARN + "0"} {
		if _, err := elb.Find(t.Context(), env, nobody); err == nil || !strings.Contains(err.Error(), `(there are: "web")`) {
			t.Errorf("%s: got %v", nobody, err)
		}
	}
	for _, nobody := range []string{"comment", g.ARN + "0"} {
		if _, err := elb.FindGroup(t.Context(), env, nobody); err == nil || !strings.Contains(err.Error(), `(there are: "articles", "comments", `) {
			t.Errorf("%s: got %v", nobody, err)
		}
	}
}
