package services

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// paging is how a call cuts its answer into pages.
type paging struct {
	token *string // from the client
	size  *int32  // from the client
	usual int32   // the size where the client names none
	least int32   // the bounds of what it may name
	most  int32
	down  bool                       // the last comes first
	fault func(problem string) error // the service's words for a bad size or token
}

// cut sorts items by their key, which must tell them apart, and returns the page that the client asks for, with the
// token of the next one. A token is the key to go on from, so that items that come and go between two pages
// neither hide others nor show them twice.
func cut[T any](p paging, items []T, key func(T) string) ([]T, *string, error) {
	size := p.usual
	if p.size != nil {
		size = *p.size
	}
	if size < p.least || size > p.most {
		return nil, nil, p.fault("size")
	}
	order := func(a, b string) int {
		if p.down {
			a, b = b, a
		}
		return cmp.Compare(a, b)
	}
	items = slices.SortedFunc(slices.Values(items), func(a, b T) int { return order(key(a), key(b)) })
	if p.token != nil && *p.token != "" {
		from, err := base64.RawURLEncoding.DecodeString(*p.token)
		first, ok := strings.CutPrefix(string(from), tokenMark)
		if err != nil || !ok {
			return nil, nil, p.fault("token")
		}
		start, _ := slices.BinarySearchFunc(items, first, func(item T, want string) int { return order(key(item), want) })
		items = items[start:]
	}
	if len(items) <= int(size) {
		return items, nil, nil
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(tokenMark + key(items[size])))
	return items[:size], &next, nil
}

const tokenMark = "next:"
