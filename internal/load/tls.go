package load

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// Check says what is wrong with it.
func (t TLS) Check() error {
	_, err := t.config(1)
	return err
}

// config is what crypto/tls is told. Sessions are kept for as many connections as there may be.
func (t TLS) config(connections int) (*tls.Config, error) {
	c := &tls.Config{ServerName: t.ServerName, InsecureSkipVerify: t.Insecure}
	if !t.NoResume {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(connections)
	}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return nil, errors.New("there is no certificate in it: authorities are named by certificates in PEM")
		}
	}
	return c, nil
}
