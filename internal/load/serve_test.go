package load

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// serve is a server that answers as told. The test ends its connections.
func serve(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server
}

// speak is a server that is free to speak no HTTP at all. Each connection is talked to until talk returns.
func speak(t *testing.T, talk func(conn *net.TCPConn, in *bufio.Reader)) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var talking sync.WaitGroup
	talking.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			talking.Go(func() {
				defer conn.Close()
				talk(conn.(*net.TCPConn), bufio.NewReader(conn))
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		talking.Wait()
	})
	return "http://" + listener.Addr().String()
}

// hear reads one request. It is false where there is none any more.
func hear(in *bufio.Reader) (*http.Request, bool) {
	request, err := http.ReadRequest(in)
	if err != nil {
		return nil, false
	}
	_, err = io.Copy(io.Discard, request.Body)
	return request, err == nil
}

// Two whole answers. The second one fits requests of every method.
const (
	fine    = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	nothing = "HTTP/1.1 204 No Content\r\n\r\n"
)

// refused is the address of nobody.
func refused(t *testing.T) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

// nobody reads what a server has to say about its clients.
func nobody() *log.Logger { return log.New(io.Discard, "", 0) }
