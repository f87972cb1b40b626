package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Image is a reference taken apart.
type Image struct {
	Host string // of the registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "registry-1.docker.io"
	Name string // "library/node"
	Tag  string // or digest, with its "@"
	full string
}

// ParseImage reads a reference as Docker does: without a registry it is Docker Hub's.
func ParseImage(ref string) Image {
	i := Image{Tag: "latest"}
	name := ref
	if at := strings.LastIndexAny(name, ":@"); at > strings.LastIndex(name, "/") {
		name, i.Tag = name[:at], strings.TrimPrefix(name[at:], ":")
	}
	host, rest, ok := strings.Cut(name, "/")
	switch {
	case ok && (strings.ContainsAny(host, ".:") || host == "localhost"):
		i.Host, i.Name = host, rest
	case ok:
		i.Host, i.Name = dockerHub, name
	default:
		i.Host, i.Name = dockerHub, "library/"+name
	}
	shown := i.Host
	if i.Host == "docker.io" || i.Host == "registry.hub.docker.com" {
		i.Host, shown = dockerHub, "docker.io"
	}
	if i.Host == dockerHub {
		shown = "docker.io"
	}
	i.full = shown + "/" + i.Name + ":" + i.Tag
	return i
}

const dockerHub = "registry-1.docker.io"

// ecr returns the region of an image in a private registry of AWS, "" for any other.
func (i Image) ecr() string {
	_, region, ok := strings.Cut(i.Host, ".dkr.ecr.")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(region, ".amazonaws.com")
}

// Pull gets an image: the authorization from ECR where it is there, the manifest, the layers. The error is what ECS gives as the
// reason: on Fargate in the words of its own agent, else in Docker's.
func Pull(ctx context.Context, client *http.Client, image string, fargate bool) error {
	i := ParseImage(image)
	if region := i.ecr(); region != "" {
		if _, err := get(ctx, client, "http://api.ecr."+region+".amazonaws.com/"); err != nil {
			return unauthorized(region, err, fargate)
		}
	}
	manifestURL := "http://" + i.Host + "/v2/" + i.Name + "/manifests/" + i.Tag
	body, err := get(ctx, client, manifestURL)
	if err != nil {
		return i.unavailable("Head", manifestURL, err, fargate)
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return fmt.Errorf("CannotPullContainerError: the manifest of %s cannot be read: %w", image, err)
	}
	for _, l := range m.Layers {
		from := "http://" + i.Host + "/v2/" + i.Name + "/blobs/" + l.Digest
		if _, err := get(ctx, client, from); err != nil {
			return i.unavailable("Get", from, err, fargate)
		}
	}
	return nil
}

// unauthorized is ECR's API out of reach.
func unauthorized(region string, err error, fargate bool) error {
	cause := fmt.Sprintf("Post %q: %v", "https://api.ecr."+region+".amazonaws.com/", network(err))
	if fargate {
		return errors.New("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: " +
			"service call has been retried 3 time(s): RequestError: send request failed caused by: " + cause +
			". Please check your task network configuration.")
	}
	return errors.New("CannotPullECRContainerError: RequestError: send request failed caused by: " + cause)
}

// unavailable is a registry out of reach, or one that has no such image.
func (i Image) unavailable(method, asked string, err error, fargate bool) error {
	var at *url.Error
	if errors.As(err, &at) { // after a redirect, that is elsewhere
		asked = at.URL
	}
	cause := fmt.Sprintf("%s %q: %v", method, "https"+strings.TrimPrefix(asked, "http"), network(err))
	switch {
	case fargate && method == "Head":
		return fmt.Errorf("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref %s: failed to do request: %s", i.full, cause)
	case fargate:
		return fmt.Errorf("CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: %s (image %s)", cause, i.full)
	default:
		return fmt.Errorf("CannotPullContainerError: Error response from daemon: failed to resolve reference %q: failed to do request: %s", i.full, cause)
	}
}

// network is the part of an HTTP client's error that is not about HTTP.
func network(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
