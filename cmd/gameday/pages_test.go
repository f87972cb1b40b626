package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// updating is the command that writes what is generated of the pages.
const updating = "go test ./cmd/gameday -run TestPages -update"

// TestPagesMatchTheCode holds what every kind's page says of the code against the code. With -update it is written.
func TestPagesMatchTheCode(t *testing.T) {
	for _, k := range kindPages() {
		t.Run(k.Role+" "+k.Name, func(t *testing.T) {
			for _, a := range k.Attributes {
				if a.Doc == "" {
					t.Errorf("attribute %s says nothing about itself: give its field a tag, doc:\"what it is, its unit, what leaving it out means\"", a.Name)
				}
			}
			file := k.folder + "/README.md"
			page := readPage(t, file)
			if k.page != page {
				t.Errorf("Kind().Page is not %s: embed it", file)
			}
			if !strings.HasPrefix(page, "# "+k.Name+"\n") {
				t.Errorf("%s has to begin with the line %q", file, "# "+k.Name)
			}
			match(t, file, page,
				part{"attributes", attributeTable(k.Attributes)},
				part{"permissions", permissionList(k.Permissions)})
		})
	}
}

// TestPagesListTheKinds holds the tables of kinds in the two guides against the list of kinds. With -update they are written.
func TestPagesListTheKinds(t *testing.T) {
	faults, measures := "| kind | does | undo |\n|---|---|---|\n", "| kind | measures | a reading |\n|---|---|---|\n"
	for _, k := range kinds().Injectors {
		if k.Undo == "" {
			t.Errorf("injector %s does not say what undoing it does: set Undo in its Kind()", k.Name)
		}
		faults += fmt.Sprintf("| [%s](%s) | %s | %s |\n", k.Name, path.Base(folder(k.New())), k.Summary, k.Undo)
	}
	for _, k := range kinds().Probes {
		probe, when := k.New(), "each look"
		if period := probe.Scale().Period; period > 0 {
			when = fmt.Sprintf("each %gs", period.Seconds())
		}
		measures += fmt.Sprintf("| [%s](%s) | %s | %s |\n", k.Name, path.Base(folder(probe)), k.Summary, when)
	}
	match(t, "injectors/README.md", readPage(t, "injectors/README.md"), part{"kinds", faults})
	match(t, "probes/README.md", readPage(t, "probes/README.md"), part{"kinds", measures})
}

// part is a stretch of a page that comes from the code, and stands between two markers.
type part struct{ name, text string }

func (p part) begin() string { return "<!-- " + p.name + " -->\n" }
func (p part) end() string   { return "<!-- /" + p.name + " -->\n" }

// match holds the parts of a page against the code, or writes them.
func match(t *testing.T, file, page string, parts ...part) {
	t.Helper()
	want := page
	for _, p := range parts {
		before, rest, begun := strings.Cut(want, p.begin())
		_, after, ended := strings.Cut(rest, p.end())
		if !begun || !ended {
			t.Fatalf("%s has no place for its %s: put these two lines where they belong\n\n%s%s\nand then run\n\n%s", file, p.name, p.begin(), p.end(), updating)
		}
		want = before + p.begin() + p.text + p.end() + after
	}
	switch {
	case page == want:
	case !*update:
		t.Errorf("%s does not say what the code says. This writes what stands between its markers:\n\n%s", file, updating)
	default:
		if err := os.WriteFile(fromRoot(file), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func permissionList(actions []string) string {
	if len(actions) == 0 {
		return "none\n"
	}
	return "- `" + strings.Join(actions, "`\n- `") + "`\n"
}

func readPage(t *testing.T, file string) string {
	t.Helper()
	page, err := os.ReadFile(fromRoot(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// fromRoot finds a file that is named from the root of the module.
func fromRoot(file string) string { return filepath.Join("..", "..", file) }
