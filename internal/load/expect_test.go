package load

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"gameday/internal/load/traffic"
)

// TestUnmetExpectationsAreFailures: an answer that is not what was expected is counted once, as what is wrong with it.
func TestUnmetExpectationsAreFailures(t *testing.T) {
	var good, broken, wrong atomic.Uint64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch (good.Load() + broken.Load() + wrong.Load()) % 3 {
		case 0:
			good.Add(1)
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"ok":true}`)
		case 1:
			broken.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			wrong.Add(1)
			io.WriteString(w, `{"ok":false}`)
		}
	})
	r := start(t, Spec{URL: server.URL, Rate: 200, Connections: 1, Source: &traffic.Source{Requests: []traffic.Template{{
		Weight: 1, Path: "/", Expect: &traffic.Expect{Status: []string{"2xx", "404"}, Body: `"ok":true`},
	}}}})
	until(t, "answers of all kinds", func() bool { _, settled := r.Recording().Behind(); return settled > 20 })
	total := stop(t, r)
	balance(t, total)
	if total.Answered[404] != good.Load() || total.Failed["unexpected status 503"] != broken.Load() || total.Failed["unexpected body"] != wrong.Load() {
		t.Errorf("answered %v, failed %v; the server says %d, %d, %d", total.Answered, total.Failed, good.Load(), broken.Load(), wrong.Load())
	}
}
