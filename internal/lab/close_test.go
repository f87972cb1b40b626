package lab

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestCloseLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	u := visit(t, l, "/conversations/1", 4)
	eventually(t, "traffic flows", func() bool { return u.count("200") > 50 })
	terminate(t, l, l.hosting(t, "conversations"))
	u.stop()
	front, api := l.url("/"), l.Endpoint()
	l.Close()
	l.Close()
	for _, url := range []string{front, api} {
		addr := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = c.Close()
			t.Errorf("%s still listens", addr)
		}
	}
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}
