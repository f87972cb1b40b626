package ecsdeploy

import (
	"regexp"
	"strings"
)

// image is where an image comes from.
type image struct {
	name   string // as written
	host   string // of the registry
	ecr    bool   // a private registry of ECR
	drifts bool   // its tag is latest, or missing, and nothing pins it
}

// private is a private registry of ECR, of IPv6, FIPS and China too.
var private = regexp.MustCompile(`^\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$`)

// read takes an image's name apart as Docker does: what is before the first slash is a host if it looks like one.
func read(name string) image {
	i := image{name: name, host: "docker.io"}
	rest := name
	if first, after, found := strings.Cut(name, "/"); found && (strings.ContainsAny(first, ".:") || first == "localhost") {
		i.host, rest = first, after
	}
	i.ecr = private.MatchString(i.host)
	_, tag, tagged := strings.Cut(rest, ":")
	i.drifts = !strings.Contains(rest, "@") && (!tagged || tag == "latest")
	return i
}
