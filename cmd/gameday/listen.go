package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"gameday/cmd/gameday/live"
	"gameday/experiments"
	"gameday/reports"
)

// livePage is the page of --listen; without one, its methods do nothing.
type livePage struct{ page *live.Page }

func listen(c *cli.Context) (*livePage, error) {
	if !c.IsSet("listen") {
		return &livePage{}, nil
	}
	page, err := live.Listen(c.String("listen"))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c.App.ErrWriter, "Live page, for whoever has this address: %s\n", page.URL)
	return &livePage{page}, nil
}

// beside shows a run on the page, too. Its button does what `gameday stop` does.
func (p *livePage) beside(d display, run, dir string) display {
	if p.page == nil {
		return d
	}
	p.page.Enter(run, func() error { return experiments.Stop(dir) })
	return &both{d, p.page}
}

// leave says how the run ended.
func (p *livePage) leave(r *reports.Result, err error) {
	switch {
	case p.page == nil:
	case err != nil:
		p.page.Leave("The run did not begin.") // why, the terminal says
	default:
		p.page.Leave(r.Sentence)
	}
}

// Close lets browsers fetch how it ended.
func (p *livePage) Close() {
	if p.page != nil {
		_ = p.page.Close() // a browser that does not let go keeps no run
	}
}

// both is a display and a page.
type both struct {
	display
	page *live.Page
}

func (b *both) Log(at time.Time, text string) {
	b.display.Log(at, text)
	b.page.Log(at, text)
}

func (b *both) Status(s experiments.Status) {
	b.display.Status(s)
	b.page.Status(s)
}
