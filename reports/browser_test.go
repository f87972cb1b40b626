package reports

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// reader is a real Chromium, with what it complained of.
type reader struct {
	context.Context
	mu         sync.Mutex
	complaints []string
}

// TestInChromium reads reports as people do. It is skipped where there is no Chromium.
func TestInChromium(t *testing.T) {
	r := launch(t)
	t.Run("every report is drawn without complaint", r.drawsEveryReport)
	t.Run("the cursor reads all charts at once", r.readsAllChartsAtOnce)
	t.Run("a dark report prints light and whole", r.printsLight)
}

func launch(t *testing.T) *reader {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("there is no Chromium here")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	r := &reader{Context: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			r.complaints = append(r.complaints, e.ExceptionDetails.Text+": "+e.ExceptionDetails.Exception.Description)
		case *log.EventEntryAdded:
			r.complaints = append(r.complaints, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open shows a report from a file, in a window of that width.
func (r *reader) open(t *testing.T, of *Result, width int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, render(t, "html", of), 0o644); err != nil {
		t.Fatal(err)
	}
	r.do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path))
}

func (r *reader) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(r, actions...); err != nil {
		t.Fatal(err)
	}
}

// quiet fails where the browser has complained of anything.
func (r *reader) quiet(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, complaint := range r.complaints {
		t.Error(complaint)
	}
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, r *reader, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(r, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// said is what every chart says of itself, and the moment under the cursor.
const said = `[...document.querySelectorAll(".now, .reads")].map(e => e.textContent)`

func (r *reader) drawsEveryReport(t *testing.T) {
	for _, name := range fixtures {
		of := fixture(t, name)
		r.open(t, of, 390)
		if got := ask[int](t, r, `document.querySelectorAll("canvas").length`); got != len(of.Probes) {
			t.Errorf("%s: %d charts of %d probes", name, got, len(of.Probes))
		}
		if got := ask[int](t, r, `document.documentElement.scrollWidth`); got > 390 {
			t.Errorf("%s is %d wide on a phone of 390", name, got)
		}
		r.quiet(t)
	}
}

func (r *reader) readsAllChartsAtOnce(t *testing.T) {
	r.open(t, long(600), 1200)
	before := ask[[]string](t, r, said)
	at := ask[[]float64](t, r, `(() => { const r = document.querySelector(".lane.probe .u-over").getBoundingClientRect(); return [r.left + r.width * (301.5 / 600), r.top + 9]; })()`)
	r.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0]-5, at[1]), chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	told := ask[[]string](t, r, said)
	for i, text := range told {
		if text == before[i] {
			t.Errorf("what is under the cursor is not said: still %q", text)
		}
	}
	if all := strings.Join(told, "; "); !strings.Contains(all, "9s, out of bounds") || !strings.Contains(all, "10:05:01") || !strings.Contains(all, "1666 sent") {
		t.Errorf("at the worst reading: %s", all)
	}

	r.do(t, chromedp.Focus(chromedp.CSS(".plots")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	if all := strings.Join(ask[[]string](t, r, said), "; "); !strings.Contains(all, "10:00:06") {
		t.Errorf("two hundredths into the run, by keys: %s", all)
	}
	r.do(t, chromedp.KeyEvent(kb.Escape))
	if got := ask[[]string](t, r, said); got[0] != before[0] {
		t.Errorf("after Escape: %q, want %q", got[0], before[0])
	}

	r.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0]-100, at[1]),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, at[0]-100, at[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0]-50, at[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, at[0], at[1], chromedp.ButtonLeft))
	const zoomed = `(() => { const s = document.body.style, low = +s.getPropertyValue("--low"), high = +s.getPropertyValue("--high"); return low > 0.3 && high < 0.6 && low < high && !document.getElementById("whole").hidden; })()`
	if _, err := chromedp.Run(r, chromedp.Poll[bool](zoomed)); err != nil {
		t.Fatalf("dragging does not zoom the whole timeline: %v", err)
	}
	r.do(t, chromedp.Click(chromedp.CSS("#whole")))
	if _, err := chromedp.Run(r, chromedp.Poll[bool](`document.getElementById("whole").hidden`)); err != nil {
		t.Fatalf("the button does not show the whole run again: %v", err)
	}
	r.quiet(t)
}

func (r *reader) printsLight(t *testing.T) {
	r.open(t, fixture(t, "failed"), 1200)
	ground := func() string { return ask[string](t, r, `getComputedStyle(document.body).backgroundColor`) }
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(r, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	if got := ground(); got != "rgb(16, 20, 26)" {
		t.Errorf("dark: %s", got)
	}
	ask[int](t, r, `window.onbeforeprint = () => { window.printed = [getComputedStyle(document.body).backgroundColor, ...[...document.querySelectorAll("canvas")].map(c => c.getBoundingClientRect().width)]; }, 0`)
	pdf, err := chromedp.Run(r, chromedp.PrintToPDF())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(pdf), "%PDF") {
		t.Errorf("no PDF but %.20q", pdf)
	}
	printed := ask[[]any](t, r, `window.printed`)
	if printed[0] != "rgb(255, 255, 255)" {
		t.Errorf("on paper the ground is %v", printed[0])
	}
	for _, width := range printed[1:] {
		if width.(float64) > 182/25.4*96 {
			t.Errorf("a chart is %v wide, and the paper 182 mm between its margins", width)
		}
	}
	if got := ground(); got != "rgb(16, 20, 26)" {
		t.Errorf("after printing: %s", got)
	}
}
