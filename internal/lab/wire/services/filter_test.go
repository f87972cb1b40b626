package services

import "testing"

func TestWildcards(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"*", "a/b c", true},
		{"a*c", "abbc", true},
		{"a*c", "abbd", false},
		{"*b*", "abc", true},
		{"a**c", "ac", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{`a\*c`, "a*c", true},
		{`a\*c`, "abc", false},
		{`a\?`, "a?", true},
		{`a\`, `a\`, true},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
	} {
		if got := wildcard(c.pattern, c.text); got != c.want {
			t.Errorf("%q on %q: want %v", c.pattern, c.text, c.want)
		}
	}
}
