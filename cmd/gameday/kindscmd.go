package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
)

func kindsCommand() *cli.Command {
	return &cli.Command{
		Name:      "kinds",
		Usage:     "list every injector and probe, or show all there is to know about one",
		ArgsUsage: "[KIND]",
		Description: "Examples:\n" +
			"  gameday kinds\n" +
			"  gameday kinds instance_kill\n" +
			"  gameday kinds alb_5xx --json",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON instead of text"},
		},
		Action: printing(func(c *cli.Context) error {
			if err := atMost(c, 1); err != nil {
				return err
			}
			all := kindPages()
			if c.NArg() > 0 {
				found := named(all, c.Args().First())
				if len(found) == 0 {
					return fmt.Errorf("no kind is called %q. %s", c.Args().First(), experiments.DidYouMean(c.Args().First(), kindNames(all)))
				}
				all = found
			}
			switch {
			case c.Bool("json"):
				e := json.NewEncoder(c.App.Writer)
				e.SetIndent("", "  ")
				return e.Encode(all)
			case c.NArg() > 0:
				for _, k := range all {
					writeKind(c.App.Writer, k)
				}
				return nil
			default:
				writeKinds(c.App.Writer, all)
				return nil
			}
		}),
	}
}

// kindPage is all there is to know about one kind.
type kindPage struct {
	Name        string      `json:"name"`
	Role        string      `json:"role"` // inject or probe
	Summary     string      `json:"summary"`
	Undo        string      `json:"undo,omitempty"` // of an injector: how it is taken back
	Attributes  []attribute `json:"attributes"`
	Permissions []string    `json:"permissions"`
	Example     string      `json:"example"`
	folder      string      // of its package, from the root of the module: "injectors/taskkill"
	page        string
}

func kindPages() []kindPage {
	all := kinds()
	var pages []kindPage
	for _, k := range all.Injectors {
		pages = append(pages, kindPage{k.Name, "inject", k.Summary, k.Undo, attributes(k.New()), k.Permissions, k.Example, folder(k.New()), k.Page})
	}
	for _, k := range all.Probes {
		pages = append(pages, kindPage{k.Name, "probe", k.Summary, "", attributes(k.New()), k.Permissions, k.Example, folder(k.New()), k.Page})
	}
	return pages
}

// folder is where a kind lives.
func folder(kind any) string {
	_, below, _ := strings.Cut(reflect.Indirect(reflect.ValueOf(kind)).Type().PkgPath(), "/")
	return below
}

// named returns the kinds of that name: there may be an injector and a probe that share it.
func named(all []kindPage, name string) []kindPage {
	var found []kindPage
	for _, k := range all {
		if k.Name == name {
			found = append(found, k)
		}
	}
	return found
}

// kindNames lists the names of kinds, each once.
func kindNames(all []kindPage) (names []string) {
	for _, k := range all {
		names = append(names, k.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func writeKinds(w io.Writer, all []kindPage) {
	role := ""
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range all {
		if k.Role != role {
			role = k.Role
			fmt.Fprintf(t, "%s \"KIND\" \"NAME\"\n", role)
		}
		fmt.Fprintf(t, "  %s\t%s\n", k.Name, k.Summary)
	}
	t.Flush()
	fmt.Fprintln(w, "\ngameday kinds KIND shows attributes, defaults, IAM actions and an example.")
}

func writeKind(w io.Writer, k kindPage) {
	fmt.Fprintf(w, "%s %q: %s\n", k.Role, k.Name, k.Summary)
	if k.Undo != "" {
		fmt.Fprintf(w, "Undo %s.\n", k.Undo)
	}
	fmt.Fprintf(w, "\nAttributes\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range k.Attributes {
		value := a.Default
		if a.Required {
			value = "required"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", a.Name, a.Type, value, a.Doc)
	}
	t.Flush()
	fmt.Fprintf(w, "\nIAM actions\n")
	for _, p := range k.Permissions {
		fmt.Fprintf(w, "  %s\n", p)
	}
	if len(k.Permissions) == 0 {
		fmt.Fprintln(w, "  none")
	}
	fmt.Fprintf(w, "\nExample\n  %s\n", strings.ReplaceAll(strings.TrimSpace(k.Example), "\n", "\n  "))
}
