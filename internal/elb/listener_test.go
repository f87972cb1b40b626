package elb_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

// listener is one as Elastic Load Balancing describes it.
func listener(protocol string, port int, actions ...string) string {
	var all strings.Builder
	for i, action := range actions {
		fmt.Fprintf(&all, "<member><Type>%s</Type><Order>%d</Order></member>", action, i+1)
	}
	return fmt.Sprintf("<member><Protocol>%s</Protocol><Port>%d</Port><DefaultActions>%s</DefaultActions></member>", protocol, port, &all)
}

func TestWhereUsersAreServed(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	b, err := elb.Find(t.Context(), env, "web")
	if err != nil {
		t.Fatal(err)
	}
	const instead = `set url = "https://..."`
	listeners := regexp.MustCompile(`(?s)<Listeners>.*</Listeners>`)
	for _, c := range []struct {
		name      string
		listeners []string
		port      int      // 0 where there is none to be asked
		says      []string // parts of the error
	}{
		{"one", []string{listener("HTTP", 80, "forward")}, 80, nil},
		{"one whose rules forward", []string{listener("HTTP", 80, "fixed-response")}, 80, nil},
		{"the lowest port", []string{listener("HTTP", 8080, "forward"), listener("HTTP", 80, "forward")}, 80, nil},
		{"rather one that forwards", []string{listener("HTTP", 80, "fixed-response"), listener("HTTP", 8080, "forward")}, 8080, nil},
		{"not the one that redirects", []string{listener("HTTP", 80, "redirect"), listener("HTTPS", 443, "forward"), listener("HTTP", 8080, "forward")}, 8080, nil},
		{"plain HTTP rather than HTTPS", []string{listener("HTTPS", 443, "forward"), listener("HTTP", 8080, "fixed-response")}, 8080, nil},
		{"a redirect to HTTPS", []string{listener("HTTP", 80, "redirect"), listener("HTTPS", 443, "authenticate-oidc", "forward")}, 0,
			[]string{`load balancer "web"`, "HTTP on port 80 redirects, HTTPS on port 443)", instead}},
		{"HTTPS alone", []string{listener("HTTPS", 443, "forward")}, 0, []string{"HTTPS on port 443", instead}},
		{"a redirect alone", []string{listener("HTTP", 80, "redirect")}, 0, []string{"HTTP on port 80 redirects", instead}},
		{"no HTTP at all", []string{listener("TCP", 80, "forward")}, 0, []string{"TCP on port 80", instead}},
		{"none", nil, 0, []string{"it has no listeners", instead}},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := labtest.Edit(env, "DescribeListeners", func(answer string) string {
				return listeners.ReplaceAllLiteralString(answer, "<Listeners>"+strings.Join(c.listeners, "")+"</Listeners>")
			})
			got, err := elb.ListenerURL(t.Context(), env, "web")
			if c.port > 0 {
				if want := fmt.Sprintf("http://%s:%d", b.Host, c.port); got != want || err != nil {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
				return
			}
			if err == nil {
				t.Fatalf("got %q", got)
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("does not say %q: %v", part, err)
				}
			}
		})
	}
}
