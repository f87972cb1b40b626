package services

import (
	"errors"
	"slices"
	"testing"
)

// letters cuts one page of two.
func letters(t *testing.T, items []string, token *string, down bool) ([]string, *string) {
	t.Helper()
	p := paging{token: token, usual: 2, least: 1, most: 2, down: down, fault: func(problem string) error { return errors.New(problem) }}
	page, next, err := cut(p, items, func(s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	return page, next
}

func TestPagesNeitherSkipNorRepeatWhatStays(t *testing.T) {
	for _, down := range []bool{false, true} {
		first, next := letters(t, []string{"d", "b", "c", "a", "e"}, nil, down)
		// While the client reads the first page, an item of it goes, the one that the next page begins with goes, and
		// one more comes before both.
		second, next := letters(t, []string{"d", "b", "e", "A", "a"}, next, down)
		want := [][]string{{"a", "b"}, {"d", "e"}}
		if down {
			want = [][]string{{"e", "d"}, {"b", "a"}}
		}
		if !slices.Equal(first, want[0]) || !slices.Equal(second, want[1]) {
			t.Errorf("down %v: got %v, %v", down, first, second)
		}
		if down != (next != nil) { // upwards, "A" came too late to be seen
			t.Errorf("down %v: next %v", down, next)
		}
	}
}

func TestBadPagesAreRefused(t *testing.T) {
	three, bad := int32(3), "bad"
	for want, p := range map[string]paging{
		"size":  {size: &three, usual: 2, least: 1, most: 2},
		"token": {token: &bad, usual: 2, least: 1, most: 2},
	} {
		p.fault = func(problem string) error { return errors.New(problem) }
		if _, _, err := cut(p, []string{"a"}, func(s string) string { return s }); err == nil || err.Error() != want {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}
