package experiments

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestReferenceIsComplete: docs/language.md names every attribute, block and function that there is.
func TestReferenceIsComplete(t *testing.T) {
	page, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapters, _ := strings.Cut(string(page), "\n## `")
	for _, of := range []struct {
		chapter string
		block   any
	}{
		{"experiment", experimentBlock{}}, {"guard", guardBlock{}}, {"load", loadBlock{}}, {"load", requestBlock{}},
		{"load", weightBlock{}}, {"load", expectBlock{}}, {"load", clientBlock{}}, {"load", tlsBlock{}}, {"inject", injectBlock{}},
		{"probe", probeBlock{}}, {"variable", variableBlock{}}, {"variable", validationBlock{}},
	} {
		_, chapter, found := strings.Cut("\n## `"+chapters, "\n## `"+of.chapter)
		chapter, _, _ = strings.Cut(chapter, "\n## ")
		if !found {
			t.Errorf("no chapter on %s", of.chapter)
		}
		ty := reflect.TypeOf(of.block)
		for i := range ty.NumField() {
			name, _, _ := strings.Cut(ty.Field(i).Tag.Get("hcl"), ",")
			if !strings.Contains(chapter, "`"+name+"`") {
				t.Errorf("the chapter on %s does not speak of %s", of.chapter, name)
			}
		}
	}
	_, expressions, _ := strings.Cut(string(page), "\n## Expressions")
	for name := range functions() {
		if !strings.Contains(expressions, "`"+name+"`") {
			t.Errorf("the function %s is missing", name)
		}
	}
}
