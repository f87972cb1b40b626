package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Fetch gets a package from a registry of a kind, as a container does that installs what it needs when it starts. It returns what the
// package manager prints, and whether it succeeded.
func Fetch(ctx context.Context, client *http.Client, kind, host, pkg string) (printed []string, ok bool) {
	switch kind {
	case NPM:
		return install(ctx, client, host, pkg)
	case RubyGems:
		return bundle(ctx, client, host, pkg)
	}
	if _, err := get(ctx, client, "http://"+host+"/"+pkg); err != nil {
		err = network(err)
		return []string{fmt.Sprintf("curl: (%d) %s", curlCode(err), curlReason(err, host))}, false
	}
	return []string{"fetched https://" + host + "/" + pkg}, true
}

func install(ctx context.Context, client *http.Client, host, pkg string) ([]string, bool) {
	body, err := get(ctx, client, "http://"+host+"/"+pkg)
	if err == nil {
		var about struct {
			Versions map[string]struct {
				Dist struct{ Tarball string }
			}
		}
		err = json.Unmarshal(body, &about)
		for _, v := range about.Versions {
			if err == nil {
				_, err = get(ctx, client, v.Dist.Tarball)
			}
		}
	}
	if err == nil {
		return []string{"added 1 package in 1s: " + pkg}, true
	}
	code, reason := nodeCode(err, host)
	return []string{
		"npm error code " + code,
		"npm error errno " + code,
		fmt.Sprintf("npm error network request to https://%s/%s failed, reason: %s", host, pkg, reason),
		"npm error network This is a problem related to network connectivity.",
		"npm error network In most cases you are behind a proxy or have bad network settings.",
	}, false
}

// nodeCode words a failure as Node.js does.
func nodeCode(err error, host string) (code, reason string) {
	var name *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &name):
		return "ENOTFOUND", "getaddrinfo ENOTFOUND " + host
	case errors.As(err, &op) && op.Timeout() && op.Addr != nil:
		return "ETIMEDOUT", "connect ETIMEDOUT " + op.Addr.String()
	default:
		return "ECONNRESET", err.Error()
	}
}

func bundle(ctx context.Context, client *http.Client, host, gem string) ([]string, bool) {
	fetching := "Fetching gem metadata from https://" + host + "/."
	_, err := get(ctx, client, "http://"+host+"/info/"+gem)
	if err == nil {
		_, err = get(ctx, client, "http://"+host+"/gems/"+gem+"-1.0.0.gem")
	}
	if err == nil {
		return []string{fetching, "Installing " + gem + " 1.0.0", "Bundle complete! 1 Gemfile dependency, 1 gem now installed."}, true
	}
	var name *net.DNSError
	cause := "Net::OpenTimeout: Failed to open TCP connection to " + host + ":443 (execution expired)"
	if errors.As(err, &name) {
		cause = "Socket::ResolutionError: Failed to open TCP connection to " + host + ":443 (getaddrinfo: Name or service not known)"
	}
	return []string{
		fetching,
		fmt.Sprintf("Could not reach host %s. Check your network connection and try again.", host),
		fmt.Sprintf("Could not find gem '%s' in any of the sources: %s", gem, cause),
	}, false
}

func curlCode(err error) int {
	var name *net.DNSError
	if errors.As(err, &name) {
		return 6
	}
	return 28
}

func curlReason(err error, host string) string {
	if curlCode(err) == 6 {
		return "Could not resolve host: " + host
	}
	return strings.TrimSpace("Failed to connect to " + host + " port 443: Connection timed out")
}

// Ask makes one request to a host, and returns what the network says where it fails.
func Ask(ctx context.Context, client *http.Client, host string) error {
	_, err := get(ctx, client, "http://"+host+"/")
	if err != nil {
		return network(err)
	}
	return nil
}
