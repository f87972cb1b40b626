package wire

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/wire/services"
)

// ExpiredKey is an access key id whose credentials have expired. Any other key is good.
const ExpiredKey = "ASIAEXPIREDEXAMPLE00"

// OtherKey is the access key id of somebody else in the same account, to whom everything is allowed and nothing happens: calls
// that are signed with it are neither denied nor intercepted.
const OtherKey = "AKIASOMEBODYELSE0000"

// caller is who signed a request. The signature itself is not checked: the lab has no secrets.
type caller struct {
	key     string
	region  string
	service string // "scheduler"
}

// signer reads the credential scope of Signature Version 4, from the header or from a presigned URL.
func signer(r *http.Request) (caller, error) {
	scope := r.URL.Query().Get("X-Amz-Credential")
	if _, header, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		scope, _, _ = strings.Cut(header, ",")
	}
	parts := strings.Split(scope, "/") // key/date/region/service/aws4_request
	if len(parts) != 5 {
		return caller{}, protocol.Anonymous
	}
	c := caller{key: parts[0], region: parts[2], service: parts[3]}
	if c.key == ExpiredKey {
		return c, protocol.Expired
	}
	return c, nil
}

// principal is the ARN of a caller.
func (h *Handler) principal(c caller) string {
	account := h.world.Account()
	if c.key == OtherKey {
		return "arn:aws:iam::" + account.ID + ":user/somebody-else"
	}
	return account.User
}

// denial is IAM's own sentence where the action is among those denied, and "" otherwise.
func (h *Handler) denial(o services.Operation, in any) string {
	switch {
	case o.IAM != "" && h.denies(o.IAM):
		return h.sentence(o.IAM, o.Resource(in))
	case o.Role != nil && h.denies("iam:PassRole"):
		return h.sentence("iam:PassRole", o.Role(in))
	default:
		return ""
	}
}

func (h *Handler) denies(action string) bool {
	return slices.ContainsFunc(h.denied, func(pattern string) bool {
		ok, err := path.Match(pattern, action)
		return err == nil && ok
	})
}

// DeniesNothing is the first of Options.Denied that no call of the lab's would need, "" where there is none.
func (h *Handler) DeniesNothing() string {
	for _, pattern := range h.denied {
		if !h.needed(pattern) {
			return pattern
		}
	}
	return ""
}

func (h *Handler) needed(pattern string) bool {
	for _, s := range h.services {
		for _, o := range s.Operations {
			for _, action := range []string{o.IAM, "iam:PassRole"} {
				if ok, err := path.Match(pattern, action); err == nil && ok {
					return true
				}
			}
		}
	}
	return false
}

func (h *Handler) sentence(action, resource string) string {
	return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
		h.world.Account().User, action, resource, action)
}
