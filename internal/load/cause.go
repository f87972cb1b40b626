package load

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// cause names why a request failed, in words for a report. Stopped requests are those that the run itself gave up.
func cause(cut context.Context, err error) string {
	var dns *net.DNSError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var timeout net.Error
	switch {
	case cut.Err() != nil:
		return "stopped"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed early"
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &verification), errors.As(err, &record):
		return "tls"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, os.ErrPermission):
		return "this machine: " + innermost(err)
	default:
		return "other: " + innermost(err)
	}
}

// innermost is the message of the error at the bottom, without the addresses that would make each one different.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
