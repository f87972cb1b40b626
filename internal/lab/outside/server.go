// Package outside is what lies beyond the VPC, and how programs inside talk to it: image registries, package registries and other
// third parties as real HTTP servers on loopback, and the clients that tasks have for them.
//
//	task ─ Pull, Fetch ─► http.Client ─ Dial (decided by the world) ─► Server
//
// It knows host names and HTTP. Whether a connection comes about is for the dialer to say; what a failure looks like is said here, in
// the words of Docker, ECS, npm and Bundler. On the wire it is plain HTTP, whatever scheme the messages show.
package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// The kinds of servers.
const (
	Registry = "registry" // of container images
	NPM      = "npm"
	RubyGems = "rubygems"
	API      = "api" // answers whatever it is asked
	AWS      = "aws" // ECR, S3 and the other services of AWS that tasks and agents connect to
)

// Kinds are the kinds of third parties.
var Kinds = []string{Registry, NPM, RubyGems, API}

// Server is one of them.
type Server struct {
	listener net.Listener
	http     *http.Server
	ended    chan struct{}
}

// Serve starts a server that takes so long for every answer. Close it.
func Serve(kind string, latency time.Duration) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	handler := map[string]http.HandlerFunc{Registry: registry, NPM: npm, RubyGems: rubygems, API: answer, AWS: amazon}[kind]
	s := &Server{listener: listener, ended: make(chan struct{}), http: &http.Server{
		Handler: slowly(latency, handler), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
	}}
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(listener) // ends when told to, always with an error
	}()
	return s, nil
}

// Addr is where it listens on loopback.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close drops every connection.
func (s *Server) Close() {
	_ = s.http.Close() // the listener's error, if any, changes nothing
	<-s.ended
}

func slowly(latency time.Duration, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(latency):
			then(w, r)
		}
	}
}

// registry serves any image: a manifest of one layer.
func registry(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.Contains(r.URL.Path, "/manifests/"):
		reply(w, "application/vnd.oci.image.manifest.v1+json", manifest{Layers: []layer{{Digest: digest}}})
	case strings.Contains(r.URL.Path, "/blobs/"):
		_, _ = io.WriteString(w, blob) // a client that has gone needs no answer
	}
}

type manifest struct {
	Layers []layer `json:"layers"`
}

type layer struct {
	Digest string `json:"digest"`
}

const (
	digest = "sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1"
	blob   = "all that there is of this image"
)

// npm describes any package, and serves its archive.
func npm(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".tgz") {
		_, _ = io.WriteString(w, blob)
		return
	}
	name := strings.Trim(r.URL.Path, "/")
	reply(w, "application/json", map[string]any{
		"name": name, "dist-tags": map[string]string{"latest": "1.0.0"},
		"versions": map[string]any{"1.0.0": map[string]any{"dist": map[string]string{"tarball": fmt.Sprintf("http://%s/%s/-/%s-1.0.0.tgz", r.Host, name, name)}}},
	})
}

// rubygems has one version of every gem.
func rubygems(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/info/") {
		_, _ = io.WriteString(w, "---\n1.0.0 |checksum:0\n")
		return
	}
	_, _ = io.WriteString(w, blob)
}

func answer(w http.ResponseWriter, _ *http.Request) {
	reply(w, "application/json", map[string]bool{"ok": true})
}

// amazon is every service of AWS at once. ECR sends those who want a layer on to S3, as it does.
func amazon(w http.ResponseWriter, r *http.Request) {
	name, region, _ := strings.Cut(r.Host, ".dkr.ecr.")
	switch {
	case region == "" || strings.Contains(name, "/"):
		_, _ = io.WriteString(w, blob)
	case strings.Contains(r.URL.Path, "/blobs/"):
		region = strings.TrimSuffix(region, ".amazonaws.com")
		http.Redirect(w, r, "http://"+layerBucket(region)+"/"+digest, http.StatusTemporaryRedirect)
	default:
		registry(w, r)
	}
}

// layerBucket is where ECR keeps layers.
func layerBucket(region string) string {
	return "prod-" + region + "-starport-layer-bucket.s3." + region + ".amazonaws.com"
}

func reply(w http.ResponseWriter, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	_ = json.NewEncoder(w).Encode(v) // a client that has gone needs no answer
}

// Dial opens a connection to "host:port", or fails as the network does: with a *net.DNSError, or with a timeout.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Client is an HTTP client that opens a connection for every request, so that every request finds the network as it is.
func Client(dial Dial) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

// get asks for a URL, and returns the answer's body.
func get(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("unexpected status %s", response.Status)
	}
	return io.ReadAll(response.Body)
}
