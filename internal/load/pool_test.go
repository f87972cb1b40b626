package load

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// visited is a server that counts its connections.
func visited(t *testing.T, prepare func(*httptest.Server), answer http.HandlerFunc) (server *httptest.Server, visits *atomic.Int64) {
	t.Helper()
	visits = new(atomic.Int64)
	server = httptest.NewUnstartedServer(answer)
	server.Config.ErrorLog = nobody()
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			visits.Add(1)
		}
	}
	prepare(server)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server, visits
}

func TestShareOfRequestsHaveTheirOwnConnection(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		var announced atomic.Int64
		server, visits := visited(t, (*httptest.Server).Start, func(_ http.ResponseWriter, r *http.Request) {
			if r.Close {
				announced.Add(1)
			}
		})
		c := dial(t, e, Spec{URL: server.URL, Fresh: 0.25})
		for n := range uint64(40) {
			if status, err := c.client.exchange(n, c.request, time.Now().Add(patience)); status != 200 || err != nil {
				t.Fatal(status, err)
			}
		}
		if visits.Load() != 11 || announced.Load() != 10 {
			t.Errorf("40 requests, a quarter on their own connections, took %d, of which %d were said to be closed; want 11 and 10", visits.Load(), announced.Load())
		}
	})
}

// Both with TLS and without, HTTP/2 has as many connections as it may before requests share any, and never more.
func TestHTTP2SharesConnections(t *testing.T) {
	for name, prepare := range map[string]func(*httptest.Server){
		"tls": func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() },
		"plain": func(s *httptest.Server) {
			s.Config.Protocols = new(http.Protocols)
			s.Config.Protocols.SetUnencryptedHTTP2(true)
			s.Start()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var under, most atomic.Int64
			server, visits := visited(t, prepare, func(_ http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != 2 {
					t.Errorf("the server heard %s", r.Proto)
				}
				most.Store(max(most.Load(), under.Add(1)))
				defer under.Add(-1)
				for r.Context().Err() == nil && most.Load() < 6 {
					time.Sleep(time.Millisecond)
				}
			})
			r := start(t, Spec{URL: server.URL, Rate: 200, Protocol: HTTP2, Connections: 2, Streams: 3, TLS: TLS{CA: authority(server)}})
			until(t, "answers", func() bool { _, settled := r.Recording().Behind(); return settled > 50 })
			total := stop(t, r)
			balance(t, total)
			if total.Answered[200] != total.Sent || visits.Load() != 2 || most.Load() != 6 {
				t.Errorf("answered %v, failed %v, on %d connections, %d at a time; want 2 and 6", total.Answered, total.Failed, visits.Load(), most.Load())
			}
		})
	}
}

// Not even while it is being made: its request has it closed, and the other's would fail without having been sent.
func TestConnectionOfARequestsOwnIsNotShared(t *testing.T) {
	p := &pool{most: 1, streams: 3, open: map[*pooled]struct{}{}}
	own, _ := p.claim(true)
	if other, is := p.claim(false); other == own || is != unmade {
		t.Error("another request is sent on it")
	}
	if other, is := p.claim(false); other == own || is != inUse {
		t.Error("the connection that may be shared is not")
	}
}

// A server may close a connection of HTTP/2 at any time, and say what it has not looked at.
func TestHTTP2ServerThatClosesConnections(t *testing.T) {
	var heard atomic.Uint64
	server, _ := visited(t, func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }, func(w http.ResponseWriter, _ *http.Request) {
		if heard.Add(1)%20 == 0 {
			w.Header().Set("Connection", "close")
		}
	})
	r := start(t, Spec{URL: server.URL, Rate: 2000, Protocol: HTTP2, Connections: 1, TLS: TLS{CA: authority(server)}})
	until(t, "answers", func() bool { _, settled := r.Recording().Behind(); return settled > 2000 })
	total := stop(t, r)
	balance(t, total)
	if total.Answered[200] != total.Sent || heard.Load() != total.Sent {
		t.Errorf("sent %d, heard %d, answered %v, failed %v", total.Sent, heard.Load(), total.Answered, total.Failed)
	}
}

func TestHTTP2AgainstAServerOfHTTP1(t *testing.T) {
	secure, _ := visited(t, (*httptest.Server).StartTLS, func(http.ResponseWriter, *http.Request) {})
	plain, _ := visited(t, (*httptest.Server).Start, func(http.ResponseWriter, *http.Request) {})
	for _, url := range []string{secure.URL, plain.URL} {
		c := dial(t, Standard, Spec{URL: url, Protocol: HTTP2, TLS: TLS{CA: authority(secure)}})
		if status, err := c.exchange(); err == nil || !slices.Contains([]string{"tls", "broken http", "closed early"}, cause(err)) {
			t.Errorf("%s: %d, %v", url, status, err)
		}
	}
}

func TestSessionsGoOn(t *testing.T) {
	for _, never := range []bool{false, true} {
		var resumed atomic.Int64
		server, _ := visited(t, (*httptest.Server).StartTLS, func(_ http.ResponseWriter, r *http.Request) {
			if r.TLS.DidResume {
				resumed.Add(1)
			}
		})
		c := dial(t, Standard, Spec{URL: server.URL, Fresh: 1, TLS: TLS{CA: authority(server), NoResume: never}})
		for range 5 {
			if status, err := c.exchange(); status != 200 || err != nil {
				t.Fatal(status, err)
			}
		}
		if want := map[bool]int64{false: 4, true: 0}[never]; resumed.Load() != want {
			t.Errorf("of 5 connections %d went on with a session, want %d", resumed.Load(), want)
		}
	}
}

func TestNamesInCertificates(t *testing.T) {
	server, _ := visited(t, (*httptest.Server).StartTLS, func(http.ResponseWriter, *http.Request) {})
	for name, c := range map[string]struct {
		tls  TLS
		want string
	}{
		"unknown authority": {TLS{}, "tls"},
		"its own name":      {TLS{CA: authority(server), ServerName: "example.com"}, ""},
		"another name":      {TLS{CA: authority(server), ServerName: "example.org"}, "tls"},
		"any":               {TLS{Insecure: true, ServerName: "example.org"}, ""},
	} {
		got := ""
		if _, err := dial(t, Standard, Spec{URL: server.URL, TLS: c.tls}).exchange(); err != nil {
			got = cause(err)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// authority is the certificate of a test's server, which has issued it itself.
func authority(s *httptest.Server) string {
	if s.Certificate() == nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// A name leads to one address, to two, to another one and nowhere, and the load goes where it leads.
func TestAddressesAreFollowed(t *testing.T) {
	all, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	first, second := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")
	if c, err := net.Dial("tcp", netip.AddrPortFrom(second, portOf(all)).String()); err != nil {
		t.Skip("this machine has one address of its own")
	} else {
		c.Close()
	}
	var mu sync.Mutex
	heard := map[netip.Addr]int{}
	server := &http.Server{ErrorLog: nobody(), Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		heard[r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr).AddrPort().Addr()]++
	})}
	go server.Serve(all)
	defer server.Close()

	engines(t, func(t *testing.T, e Engine) {
		names := newNames(t)
		c := dial(t, e, Spec{URL: fmt.Sprintf("http://web.example.:%d", portOf(all))})
		p := c.client.pool
		p.addresses.resolver = names.resolver()
		send := func(requests int, own bool, want map[netip.Addr]int) {
			t.Helper()
			mu.Lock()
			clear(heard)
			mu.Unlock()
			c.client.fresh = map[bool]uint64{true: million}[own]
			for range requests {
				if status, err := c.exchange(); status != 200 || err != nil {
					t.Fatal(status, err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if !maps.Equal(heard, want) {
				t.Errorf("heard %v, want %v", heard, want)
			}
		}
		now := func(addresses ...netip.Addr) {
			names.set(addresses...)
			p.renew()
		}
		names.set(first)
		send(2, false, map[netip.Addr]int{first: 2})
		now(first, second)
		send(2, false, map[netip.Addr]int{first: 2}) // the connection that there is
		send(4, true, map[netip.Addr]int{first: 2, second: 2})
		now(second)
		send(2, false, map[netip.Addr]int{second: 2})
		now()
		send(2, false, map[netip.Addr]int{second: 2})
		c.client.fresh = million
		if _, err := c.exchange(); err == nil || cause(err) != "dns" {
			t.Errorf("a new connection to a name that leads nowhere: %v", err)
		}
	})
}

func portOf(l net.Listener) uint16 { return l.Addr().(*net.TCPAddr).AddrPort().Port() }

// names is a server of DNS that knows one name.
type names struct {
	conn      net.PacketConn
	addresses atomic.Pointer[[]netip.Addr]
}

func newNames(t *testing.T) *names {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn}
	n.set()
	t.Cleanup(func() { conn.Close() })
	go n.serve()
	return n
}

func (n *names) set(addresses ...netip.Addr) { n.addresses.Store(&addresses) }

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("udp", n.conn.LocalAddr().String())
	}}
}

// serve answers in the form of RFC 1035, section 4. A question for IPv6 has an empty answer, and every question has
// where there are no addresses.
func (n *names) serve() {
	question := make([]byte, 512)
	for {
		size, from, err := n.conn.ReadFrom(question)
		if err != nil {
			return
		}
		end := 12 + bytes.IndexByte(question[12:size], 0) + 5 // the name, its type and its class
		var found []netip.Addr
		if question[end-3] == 1 { // A
			found = *n.addresses.Load()
		}
		answer := append([]byte{question[0], question[1], 0x84, 0, 0, 1, 0, byte(len(found)), 0, 0, 0, 0}, question[12:end]...)
		for _, a := range found {
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
			answer = append(answer, a.AsSlice()...)
		}
		n.conn.WriteTo(answer, from)
	}
}
