package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ids makes identifiers that look like AWS's and are the same in every lab of the same topology, so that a seed
// picks the same targets again.
type ids struct {
	seed  string
	count map[string]int
}

// hex returns n hexadecimal digits, at most 64, that no other call for the same kind gets.
func (i *ids) hex(kind string, n int) string {
	if i.count == nil {
		i.count = map[string]int{}
	}
	i.count[kind]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", i.seed, kind, i.count[kind]))
	return hex.EncodeToString(sum[:])[:n]
}

// resource returns an EC2 id: prefix and seventeen digits, of which the first is 0 as on AWS.
func (i *ids) resource(prefix string) string {
	return prefix + "0" + i.hex(prefix, 16)
}

// uuid returns an id in the form of a UUID.
func (i *ids) uuid(kind string) string {
	h := i.hex(kind, 32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
