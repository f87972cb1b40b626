package experiments

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Replay is the traffic of access logs, to be sent once more. They are read when the run is planned.
type Replay struct {
	Files   []string
	Methods []string // which requests are sent; the others may change something
	Timing  bool     // when they came, too
}

// mostFiles is how many logs may be replayed at once: a day of a busy load balancer's.
const mostFiles = 10_000

func (r *reader) replay(b *hclsyntax.Block, block loadBlock) *Replay {
	replay := &Replay{Methods: block.Methods, Timing: block.Timing == asThen}
	if len(replay.Methods) == 0 {
		replay.Methods = []string{http.MethodGet, http.MethodHead}
	}
	a := b.Body.Attributes["requests"]
	how, names := r.named(a, "Name the logs whose requests are sent again: alb_log(\"access.log.gz\").", "alb_log")
	if how == "" {
		return replay
	}
	for _, name := range names {
		files, why := r.logs(name)
		if why != "" {
			r.mistake(a.Expr.Range(), "Logs that cannot be read", why)
		}
		replay.Files = append(replay.Files, files...)
	}
	slices.Sort(replay.Files)
	replay.Files = slices.Compact(replay.Files)
	if len(replay.Files) > mostFiles {
		r.mistake(a.Expr.Range(), "Too many logs", fmt.Sprintf("These are %d files, and at most %d are read. Name those of a shorter time.", len(replay.Files), mostFiles))
	}
	return replay
}

// logs lists the files that a pattern stands for, or says what is wrong with it.
func (r *reader) logs(pattern string) (files []string, why string) {
	path := r.beside(pattern)
	files, err := filepath.Glob(path)
	switch {
	case err != nil:
		return nil, fmt.Sprintf("%q is no pattern: write it like \"logs/*.gz\".", pattern)
	case len(files) == 0:
		return nil, isFile(path)
	}
	for _, name := range files {
		if why := isFile(name); why != "" {
			return nil, why
		}
	}
	return files, ""
}
