package live

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"gameday/experiments"
	"gameday/reports"
)

//go:embed assets
var assets embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"picture": newPicture,
	"clock":   func(t time.Time) string { return t.Format("15:04:05") },
}).ParseFS(assets, "assets/*.tmpl"))

// policy lets a page load its own script and style, send to where it came from, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Page shows a run in browsers while it goes on, with a button that stops it. Its address holds a secret, without which
// nothing is to be had there: so no other site, and nobody else on the machine or the network, can see or stop a run.
// It never holds up who tells it something: each browser fetches the newest state by itself.
type Page struct {
	URL    string
	server *http.Server

	mu      sync.Mutex
	state   state
	version int // of the state
	stop    func() error
	closed  bool
}

// state is what there is to be shown.
type state struct {
	Run      string
	Status   *experiments.Status
	Log      []reports.LogEntry // the newest
	Sentence string             // how the run ended, "" while it goes on
}

const (
	shownLog = 200                    // lines
	fresh    = 500 * time.Millisecond // between two looks for something new
)

// Listen serves a page at an address: a port, or host:port. Without a host it is to be reached from this machine only.
func Listen(address string) (*Page, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = "", address
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("serve the live page at %s: %w", address, err)
	}
	secret := "/" + rand.Text() + "/"
	p := &Page{URL: "http://" + listener.Addr().String() + secret}
	routes := http.NewServeMux()
	routes.HandleFunc("GET "+secret+"{$}", p.page)
	routes.HandleFunc("GET "+secret+"events", p.events)
	routes.HandleFunc("POST "+secret+"stop", p.stopRun)
	routes.Handle("GET "+secret+"assets/", http.StripPrefix(secret, http.FileServerFS(assets)))
	p.server = &http.Server{Handler: guarded(routes), ReadHeaderTimeout: 10 * time.Second}
	go p.server.Serve(listener) //nolint:errcheck // a page that ends early ends no run, and Close ends it in any case
	return p, nil
}

// guarded refuses what another site sends, and has a browser keep the page to itself.
func guarded(next http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	}))
}

// Enter shows a run that begins. Stop is what the button does.
func (p *Page) Enter(run string, stop func() error) {
	p.change(func() { p.state, p.stop = state{Run: run}, stop })
}

// Leave shows how the run ended.
func (p *Page) Leave(sentence string) { p.change(func() { p.state.Sentence, p.stop = sentence, nil }) }

// Log shows what happened.
func (p *Page) Log(at time.Time, text string) {
	p.change(func() {
		log := append(p.state.Log[:len(p.state.Log):len(p.state.Log)], reports.LogEntry{At: at, Text: text})
		p.state.Log = log[max(0, len(log)-shownLog):]
	})
}

// Status shows how things stand from now on.
func (p *Page) Status(s experiments.Status) { p.change(func() { p.state.Status = &s }) }

// Close lets browsers fetch the last state, and ends.
func (p *Page) Close() error {
	p.change(func() { p.closed = true })
	ctx, cancel := context.WithTimeout(context.Background(), flush)
	defer cancel()
	return p.server.Shutdown(ctx)
}

func (p *Page) change(how func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how()
	p.version++
}

func (p *Page) now() (s state, version int, closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state, p.version, p.closed
}

func (p *Page) page(w http.ResponseWriter, _ *http.Request) {
	s, _, _ := p.now()
	_ = pages.ExecuteTemplate(w, "page.tmpl", s) // a browser that went away needs no page
}

// events sends the picture of the run whenever it has changed, as server-sent events.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	look := time.NewTicker(fresh)
	defer look.Stop()
	seen := -1
	for {
		s, version, closed := p.now()
		if version != seen {
			if err := send(w, s); err != nil {
				return
			}
			seen = version
		}
		if closed {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-look.C:
		}
	}
}

// send writes one event: the part of the page that changes.
func send(w http.ResponseWriter, s state) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "run.tmpl", s); err != nil {
		return err
	}
	event := "data: " + strings.ReplaceAll(strings.TrimSpace(b.String()), "\n", "\ndata: ") + "\n\n"
	if _, err := w.Write([]byte(event)); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// stopRun does what `gameday stop` does.
func (p *Page) stopRun(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	stop := p.stop
	p.mu.Unlock()
	if stop == nil {
		http.Error(w, "No run is going on.", http.StatusConflict)
		return
	}
	if err := stop(); err != nil {
		http.Error(w, "The run was not stopped: "+err.Error(), http.StatusConflict)
		return
	}
	http.Redirect(w, r, "./", http.StatusSeeOther)
}
