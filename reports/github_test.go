package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGitHubPointsAtTheLineThatIsGuilty(t *testing.T) {
	want := map[string][]string{
		"passed": nil,
		"failed": {
			"::error file=experiments/examples/sudden_death.hcl,line=40,title=sudden_death%3A load_latency.p99 failed::load_latency.p99 was 4.2s, above max 3s by 1.2s, for 3s",
			"::error file=experiments/examples/sudden_death.hcl,line=46,title=sudden_death%3A alb_5xx.errors failed::alb_5xx.errors rose from 0.006%25 at baseline to 0.83%25 (p = 1.2e-98, margin 0.1%25)",
		},
		"unsteady": {"::error file=experiments/examples/sudden_death.hcl,line=1,title=sudden_death%3A inconclusive::" + data.Replace(fixture(t, "unsteady").Sentence)},
	}
	for name, lines := range want {
		if diff := cmp.Diff(lines, annotated(t, fixture(t, name))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// TestGitHubBeginsWithWhatIsStillInEffect because it shows ten errors and no more.
func TestGitHubBeginsWithWhatIsStillInEffect(t *testing.T) {
	got := annotated(t, fixture(t, "not_rolled_back"))
	if len(got) != 2 || !strings.Contains(got[0], ",line=21,") || !strings.Contains(got[0], "step not undone::") || !strings.Contains(got[1], ",line=26,") {
		t.Errorf("%q", got)
	}
}

func annotated(t *testing.T, r *Result) []string {
	t.Helper()
	var b bytes.Buffer
	if err := GitHub(&b, r); err != nil {
		t.Fatal(err)
	}
	if b.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}
