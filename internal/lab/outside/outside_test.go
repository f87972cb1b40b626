package outside

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestReferencesOfImages(t *testing.T) {
	for ref, want := range map[string]string{
		"node":                     "registry-1.docker.io library/node latest docker.io/library/node:latest",
		"newsroom/web:7":           "registry-1.docker.io newsroom/web 7 docker.io/newsroom/web:7",
		"docker.io/newsroom/web:7": "registry-1.docker.io newsroom/web 7 docker.io/newsroom/web:7",
		"quay.io/a/b/c":            "quay.io a/b/c latest quay.io/a/b/c:latest",
		"localhost:5000/web:1":     "localhost:5000 web 1 localhost:5000/web:1",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/conversations:412": "123456789012.dkr.ecr.eu-west-1.amazonaws.com conversations 412 123456789012.dkr.ecr.eu-west-1.amazonaws.com/conversations:412",
	} {
		i := ParseImage(ref)
		if got := strings.Join([]string{i.Host, i.Name, i.Tag, i.full}, " "); got != want {
			t.Errorf("%s: %s", ref, got)
		}
	}
}

// hosts leads the hosts that it knows to servers, and loses all others.
type hosts map[string]string

func (h hosts) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if to, ok := h[host]; ok {
		return new(net.Dialer).DialContext(ctx, network, to)
	}
	return nil, &net.OpError{Op: "dial", Net: network, Addr: &net.TCPAddr{IP: net.IPv4(203, 0, 113, 9), Port: 443}, Err: os.ErrDeadlineExceeded}
}

func serving(t *testing.T, kind string) string {
	t.Helper()
	s, err := Serve(kind, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s.Addr()
}

// Every part of the way that an image of ECR takes is needed, and named where it is missing.
func TestAnImageOfECRTakesThreeEndpoints(t *testing.T) {
	const registry, image = "1.dkr.ecr.eu-west-1.amazonaws.com", "1.dkr.ecr.eu-west-1.amazonaws.com/web:7"
	whole := []string{"api.ecr.eu-west-1.amazonaws.com", registry, "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"}
	addr := serving(t, AWS)
	for missing := range len(whole) + 1 {
		h := hosts{}
		for n, host := range whole {
			if n != missing {
				h[host] = addr
			}
		}
		for _, fargate := range []bool{false, true} {
			err := Pull(t.Context(), Client(h.dial), image, fargate)
			if missing == len(whole) {
				if err != nil {
					t.Error(err)
				}
				continue
			}
			if err == nil || !strings.Contains(err.Error(), whole[missing]) || !strings.Contains(err.Error(), "dial tcp 203.0.113.9:443: i/o timeout") {
				t.Errorf("without %s: %v", whole[missing], err)
			}
		}
	}
}

func TestPackageManagersSayWhatTheyMiss(t *testing.T) {
	for kind, c := range map[string]struct{ host, well, ill string }{
		NPM:      {"registry.npmjs.org", "added 1 package", "npm error network request to https://registry.npmjs.org/x failed, reason: connect ETIMEDOUT 203.0.113.9:443"},
		RubyGems: {"rubygems.org", "Bundle complete!", "Could not reach host rubygems.org."},
		API:      {"files.example", "fetched https://files.example/x", "curl: (28) Failed to connect to files.example port 443"},
	} {
		printed, ok := Fetch(t.Context(), Client(hosts{c.host: serving(t, kind)}.dial), kind, c.host, "x")
		if all := strings.Join(printed, "\n"); !ok || !strings.Contains(all, c.well) {
			t.Errorf("%s: %s", kind, all)
		}
		printed, ok = Fetch(t.Context(), Client(hosts{}.dial), kind, c.host, "x")
		if all := strings.Join(printed, "\n"); ok || !strings.Contains(all, c.ill) {
			t.Errorf("%s: %s", kind, all)
		}
	}
}

func TestAServerThatIsClosedIsGone(t *testing.T) {
	s, err := Serve(API, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := http.Get("http://" + s.Addr()); err == nil {
		t.Error("it still answers")
	}
}
