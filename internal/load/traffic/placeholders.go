package traffic

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What every request can be filled in with, whatever its Values.
const (
	number = "n"    // of the request in its load, from 0
	unique = "uuid" // random, and the same wherever it stands in one request
)

// Always are the placeholders that need no Values.
func Always() []string { return []string{number, unique} }

var placeholder = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// Placeholders lists the names that stand between double braces in a text, in their order.
func Placeholders(text string) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.TrimSpace(found[1]))
	}
	return names
}

// Filled is text with every placeholder replaced by the same word, to see whether what is around them makes sense.
func Filled(text, word string) string { return placeholder.ReplaceAllLiteralString(text, word) }

// text is a text with placeholders, taken apart.
type text []piece

// piece is a literal, or the column whose value stands there.
type piece struct {
	literal string
	slot    int
}

// Slots that are no columns.
const (
	literally = -1 - iota
	ofNumber
	ofUnique
)

// parse takes a text apart. What is literal is put into shape by clean.
func parse(s string, columns []string, clean func(string) string) (text, error) {
	var t text
	add := func(literal string) {
		if literal != "" {
			t = append(t, piece{literal: clean(literal), slot: literally})
		}
	}
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		add(s[at:m[0]])
		at = m[1]
		name := strings.TrimSpace(s[m[2]:m[3]])
		switch slot := slices.Index(columns, name); {
		case slot >= 0:
			t = append(t, piece{slot: slot})
		case name == number:
			t = append(t, piece{slot: ofNumber})
		case name == unique:
			t = append(t, piece{slot: ofUnique})
		default:
			return nil, fmt.Errorf("nothing is called {{%s}}", name)
		}
	}
	add(s[at:])
	return t, nil
}

// fixed is whether every request has the same.
func (t text) fixed() bool {
	return !slices.ContainsFunc(t, func(p piece) bool { return p.slot != literally })
}

// filling is what one request is filled in with.
type filling struct {
	n    uint64
	seed uint64
	row  []string
}

// append writes the text of one request, with values escaped for where they stand.
func (t text) append(b []byte, f filling, escape func(string) string) []byte {
	for _, p := range t {
		switch p.slot {
		case literally:
			b = append(b, p.literal...)
		case ofNumber:
			b = strconv.AppendUint(b, f.n, 10)
		case ofUnique:
			b = f.appendUUID(b)
		default:
			b = append(b, escape(f.row[p.slot])...)
		}
	}
	return b
}

// appendUUID writes the id of a request, a version 4 UUID.
func (f filling) appendUUID(b []byte) []byte {
	high, low := scramble(f.seed, f.n, 1), scramble(f.seed, f.n, 2)
	high = high&^0xf000 | 0x4000
	low = low&^(3<<62) | 2<<62
	var raw [16]byte
	for i := range 8 {
		raw[i], raw[8+i] = byte(high>>(56-8*i)), byte(low>>(56-8*i))
	}
	for i, part := range [][]byte{raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

// scramble makes a random number of a seed, the number of a request and what it is for: splitmix64, twice. For one seed
// and purpose no two requests have the same.
func scramble(seed, n, purpose uint64) uint64 {
	return mix(mix(seed+purpose*0x9e3779b97f4a7c15) + n*0x9e3779b97f4a7c15)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
