package live

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// serve shows a troubled run on a page of its own, and returns what is told when the button is used.
func serve(t *testing.T) (*Page, <-chan struct{}) {
	p, err := Listen("0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	stopped := make(chan struct{}, 10)
	p.Enter("run-1", func() error { stopped <- struct{}{}; return nil })
	p.Status(troubled())
	p.Log(time.Now(), "<script>alert(1)</script> is said")
	return p, stopped
}

func ask(t *testing.T, method, url string, header ...string) (int, string) {
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestOnlyWhoHasTheAddressMayStop(t *testing.T) {
	p, stopped := serve(t)
	host := p.URL[:strings.LastIndex(strings.TrimSuffix(p.URL, "/"), "/")+1]
	if !strings.HasPrefix(host, "http://127.0.0.1:") {
		t.Errorf("the page is served at %s, beyond this machine", host)
	}
	for _, c := range []struct {
		what, method, url string
		header            []string
		want              int
	}{
		{"stop without the secret", "POST", host + "stop", nil, http.StatusNotFound},
		{"stop by another site", "POST", p.URL + "stop", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"stop by another origin", "POST", p.URL + "stop", []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{"stop by a link", "GET", p.URL + "stop", nil, http.StatusMethodNotAllowed},
	} {
		if status, _ := ask(t, c.method, c.url, c.header...); status != c.want {
			t.Errorf("%s: answered %d, not %d", c.what, status, c.want)
		}
	}
	if len(stopped) > 0 {
		t.Fatal("one of them has stopped the run")
	}
	if status, _ := ask(t, "POST", p.URL+"stop"); status != http.StatusSeeOther || len(stopped) != 1 {
		t.Errorf("the button answers %d and stops %d times", status, len(stopped))
	}
	p.Leave("Passed.")
	if status, _ := ask(t, "POST", p.URL+"stop"); status != http.StatusConflict {
		t.Errorf("a run that is over is stopped with %d", status)
	}
}

func TestThePageRunsNothingOfWhatItShows(t *testing.T) {
	p, _ := serve(t)
	if _, body := ask(t, "GET", p.URL); strings.Contains(body, "<script>alert") || !strings.Contains(body, "load_latency.viewers") {
		t.Errorf("the page is\n%s", body)
	}
}

func TestAButtonInARealBrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no Chromium here")
	}
	p, stopped := serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU)...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	until := func(expression string) {
		t.Helper()
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression))
		for err != nil && ctx.Err() == nil { // the page was loaded anew meanwhile, as it is once the button was used
			_, err = chromedp.Run(ctx, chromedp.Poll[bool](expression))
		}
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
	}
	do(chromedp.Navigate(p.URL), chromedp.WaitVisible(chromedp.CSS("tr.trouble")))
	p.Log(time.Now(), "said after the page was opened")
	until(`document.querySelector(".log").textContent.includes("said after")`)
	do(chromedp.Click(chromedp.CSS("#stop")), chromedp.WaitVisible(chromedp.CSS("#sure")))
	if len(stopped) > 0 {
		t.Fatal("the run is stopped before anybody has confirmed it")
	}
	do(chromedp.Click(chromedp.CSS("#sure .stop")))
	select {
	case <-stopped:
	case <-ctx.Done():
		t.Fatal("the run is not stopped")
	}
	p.Leave("Aborted: by an operator.")
	until(`document.querySelector("#over") !== null && document.querySelector("#stop").hidden`)
}
