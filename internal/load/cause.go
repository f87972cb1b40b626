package load

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
)

// unmet is an answer that is not what the request expects: an error that says why.
type unmet string

func (u unmet) Error() string { return string(u) }

// Causes are the words with which the causes of failed requests begin.
func Causes() []string {
	return []string{"connection refused", "connection reset", "dns", "timeout", "closed early", "stream reset", "tls", "broken http", "unexpected status", "unexpected body", "stopped", "other"}
}

// cause names why a request failed, in words for a report.
func cause(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var record tls.RecordHeaderError
	var answer unmet
	var mess malformed
	bottom := innermost(err)
	switch {
	case errors.As(err, &answer):
		return string(answer)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.As(err, &dns):
		return "dns"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, &mess):
		return "broken http"
	case strings.Contains(bottom, "stream error"):
		return "stream reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), contains(bottom, hungUp):
		return "closed early"
	case errors.As(err, &record), strings.HasPrefix(bottom, "tls: "), strings.HasPrefix(bottom, "x509: "):
		return "tls"
	case contains(err.Error(), nonsense):
		return "broken http"
	default:
		return "other: " + bottom
	}
}

// What net/http says of a connection that ended, and of what is no HTTP, where it has no error of its own for it.
var (
	hungUp   = []string{"server closed idle connection", "unexpected EOF", "client conn", "GOAWAY", "connection lost"}
	nonsense = []string{"Content-Length", "malformed", "chunk", "headers exceeded", "looked like an HTTP/1.1", "connection error: "}
)

func contains(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(s string) bool { return strings.Contains(text, s) })
}

// shortages are the errors of a machine that has run out of something, and not of a target.
var shortages = []error{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM, os.ErrPermission}

// shortage names what this machine lacked, if that is why a request failed.
func shortage(err error) (what string, lacked bool) {
	lacked = slices.ContainsFunc(shortages, func(s error) bool { return errors.Is(err, s) })
	if !lacked {
		return "", false
	}
	return "this machine: " + innermost(err), true
}

// innermost is the message of the error at the bottom, without the addresses that would make each one different,
// and without what it quotes, which is the target's and may be anything.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			text, _, _ := strings.Cut(err.Error(), `"`)
			return strings.TrimSpace(text)
		}
		err = inner
	}
}
