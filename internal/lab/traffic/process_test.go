package traffic

import (
	"io"
	"net/http"
	"os"
	"testing"
	"time"
)

// TestMain lets the test binary play a real process of the lab.
func TestMain(m *testing.M) {
	if os.Getenv("GAMEDAY_TEST_SERVE") == "" {
		os.Exit(m.Run())
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, os.Args[1]+" "+os.Getenv("PORT"))
	})
	if err := http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), handler); err != nil {
		os.Exit(1)
	}
}

func spawn(t *testing.T) Program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GAMEDAY_TEST_SERVE", "1")
	p, err := Run([]string{self, "port={port},${port}"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestAProcessGetsItsPortAndDiesWhenKilled(t *testing.T) {
	p := spawn(t)
	var body string
	eventually(t, "it answers", func() bool {
		response, err := http.Get("http://" + p.Addr() + "/")
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		b, err := io.ReadAll(response.Body)
		body = string(b)
		return err == nil
	})
	port := p.Addr()[len("127.0.0.1:"):]
	if want := "port=" + port + "," + port + " " + port; body != want {
		t.Errorf("want %q, got %q", want, body)
	}
	p.Kill()
	select {
	case <-p.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("it lives on")
	}
	if p.Exit() != exitKilled {
		t.Errorf("exit code %d", p.Exit())
	}
	p.Kill() // once more does no harm
}

func TestAProcessIsAskedToStop(t *testing.T) {
	p := spawn(t)
	p.Terminate()
	select {
	case <-p.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("it lives on")
	}
	if p.Exit() != 128+15 {
		t.Errorf("exit code %d", p.Exit())
	}
}

func TestAProcessThatCannotStartSaysSo(t *testing.T) {
	if _, err := Run([]string{"/nonexistent/program"}, io.Discard); err == nil {
		t.Error("no error")
	}
}
