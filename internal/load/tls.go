package load

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// config is what crypto/tls is told. Sessions are kept for as many connections as there may be.
func (t TLS) config(connections int) (*tls.Config, error) {
	c := &tls.Config{ServerName: t.ServerName, InsecureSkipVerify: t.Insecure}
	if !t.NoResume {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(connections)
	}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return nil, errors.New("there is no certificate in what should hold those of the authorities: it must be PEM")
		}
	}
	return c, nil
}
