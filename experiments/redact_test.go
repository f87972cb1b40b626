package experiments_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gameday/experiments"
)

func TestRedactor(t *testing.T) {
	const secret = "p\"a<s&s\twörd/1"
	r := experiments.NewRedactor(secret, "", "short", "shorter", "-----BEGIN KEY-----\nabcdefghijkl\n}\n")
	marshalled, err := json.Marshal(map[string]string{"key": secret})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"nothing to hide":                        "nothing to hide",
		"it is " + secret + ".":                  "it is (sensitive).",
		"shorter short shor":                     "(sensitive) (sensitive) shor",
		string(marshalled):                       `{"key":"(sensitive)"}`,
		fmt.Sprintf("%q", secret):                `"(sensitive)"`,
		url.QueryEscape(secret):                  "(sensitive)",
		"/a/" + url.PathEscape(secret):           "/a/(sensitive)",
		"key: abcdefghijkl }":                    "key: (sensitive) }",
		`-----BEGIN KEY-----\nabcdefghijkl\n}\n`: "(sensitive)",
	} {
		if got := r.String(in); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	var none *experiments.Redactor
	if got := none.String("short"); got != "short" {
		t.Errorf("no redactor made %q of it", got)
	}
}

func TestRedactorWriter(t *testing.T) {
	r := experiments.NewRedactor("secret", "sec", "aba")
	const in = "a secret, a sec and a secre\nxababa sesecret sec"
	const want = "a (sensitive), a (sensitive) and a (sensitive)re\nx(sensitive)ba se(sensitive) (sensitive)"
	if got := r.String(in); got != want {
		t.Fatalf("at once: %q, want %q", got, want)
	}
	for size := 1; size <= len(in); size++ {
		var b bytes.Buffer
		w := r.Writer(&b)
		for rest := in; rest != ""; {
			n := min(size, len(rest))
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
			if shown := b.String(); strings.Contains(strings.ReplaceAll(shown, experiments.Redacted, ""), "secr") && !strings.HasPrefix(want, shown) {
				t.Fatalf("%d bytes at a time: %q shows too much", size, shown)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != want {
			t.Errorf("%d bytes at a time: %q, want %q", size, got, want)
		}
	}
}

func TestRedactorWriterHoldsBackNoMoreThanItMust(t *testing.T) {
	var b bytes.Buffer
	w := experiments.NewRedactor("secret").Writer(&b)
	fmt.Fprint(w, "phase: fault, 10 s left")
	if got := b.String(); got != "phase: fault, 10 s left" {
		t.Errorf("so far: %q", got)
	}
}
