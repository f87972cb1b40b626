package lab

import (
	"os"
	"strings"
	"testing"

	"gameday/internal/lab/topology"
)

func TestTheManualsTopologyCanBeRead(t *testing.T) {
	manual, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source := ""
	for _, block := range strings.Split(string(manual), "```hcl\n")[1:] {
		code, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(code, "command") {
			source += code
		}
	}
	if _, err := topology.Parse([]byte(source), "README.md", []string{"one_copy"}); err != nil {
		t.Error(err)
	}
}

func TestTheManualListsTheWeaknesses(t *testing.T) {
	manual, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	weaknesses, err := topology.ListWeaknesses("")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range weaknesses {
		if row := "| `" + w.Name + "` | " + w.Description + " |"; !strings.Contains(string(manual), row) {
			t.Errorf("missing: %s", row)
		}
	}
}
