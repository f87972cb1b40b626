package logs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Pattern is a filter pattern of CloudWatch Logs: terms that must all be in a line ("ERROR npm"), of which one must be ("?npm ?gem"),
// or that must not be ("-debug"); a term with spaces is in quotes, a regular expression between percent signs; or one comparison of a
// field of a line that is JSON: { $.level = "error" }, { $.status >= 500 }, joined by && or ||.
type Pattern struct {
	all, some, none []term
	json            func(line any) bool
}

// term is a word, or a regular expression.
type term struct {
	text string
	re   *regexp.Regexp
}

func (t term) in(line string) bool {
	if t.re != nil {
		return t.re.MatchString(line)
	}
	return strings.Contains(line, t.text)
}

// ParsePattern reads a pattern. The empty one matches every line.
func ParsePattern(source string) (Pattern, error) {
	source = strings.TrimSpace(source)
	if strings.HasPrefix(source, "{") {
		inner, ok := strings.CutSuffix(strings.TrimPrefix(source, "{"), "}")
		if !ok {
			return Pattern{}, fmt.Errorf("the pattern has no closing brace")
		}
		match, err := parseJSON(inner)
		return Pattern{json: match}, err
	}
	if strings.HasPrefix(source, "[") {
		return Pattern{}, fmt.Errorf("the lab does not simulate patterns for space-delimited lines")
	}
	var p Pattern
	for source != "" {
		list := &p.all
		switch source[0] {
		case '?':
			list, source = &p.some, source[1:]
		case '-':
			list, source = &p.none, source[1:]
		}
		t, rest, err := nextTerm(source)
		if err != nil {
			return Pattern{}, err
		}
		*list = append(*list, t)
		source = strings.TrimLeft(rest, " \t\n")
	}
	return p, nil
}

func nextTerm(source string) (t term, rest string, err error) {
	switch {
	case source == "":
		return t, "", fmt.Errorf("the pattern ends where a term is expected")
	case source[0] == '"':
		text, rest, err := quoted(source)
		return term{text: text}, rest, err
	case source[0] == '%':
		expression, rest, ok := strings.Cut(source[1:], "%")
		if !ok {
			return t, "", fmt.Errorf("the regular expression has no closing %%")
		}
		re, err := regexp.Compile(expression)
		return term{re: re}, rest, err
	}
	text, rest, _ := strings.Cut(source, " ")
	if bad := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(wordSigns, r) && !isWord(r) }); bad >= 0 {
		return t, "", fmt.Errorf("the term %s must be in quotes: it has signs beside letters, digits and underscores", text)
	}
	return term{text: text}, rest, nil
}

// wordSigns are those that a term may have without quotes.
const wordSigns = "_.:/*#=@"

func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127
}

// quoted reads a term in quotes, in which a backslash takes the next sign literally.
func quoted(source string) (text, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(source); i++ {
		switch {
		case source[i] == '\\' && i+1 < len(source):
			i++
			b.WriteByte(source[i])
		case source[i] == '"':
			return b.String(), source[i+1:], nil
		default:
			b.WriteByte(source[i])
		}
	}
	return "", "", fmt.Errorf("the term has no closing quote")
}

// Matches reports whether a line is what the pattern looks for.
func (p Pattern) Matches(line string) bool {
	if p.json != nil {
		var v any
		return json.Unmarshal([]byte(line), &v) == nil && p.json(v)
	}
	in := func(t term) bool { return t.in(line) }
	for _, t := range p.all {
		if !in(t) {
			return false
		}
	}
	return !slices.ContainsFunc(p.none, in) && (len(p.some) == 0 || slices.ContainsFunc(p.some, in))
}

var comparison = regexp.MustCompile(`^\s*\(?\s*\$((?:\.[A-Za-z0-9_-]+)+)\s*(=|!=|>=|<=|>|<)\s*(.+?)\s*\)?\s*$`)

// parseJSON reads comparisons joined by || and &&, of which && binds tighter.
func parseJSON(source string) (func(any) bool, error) {
	for _, join := range []struct {
		sign string
		and  bool
	}{{"||", false}, {"&&", true}} {
		left, right, ok := strings.Cut(source, join.sign)
		if !ok {
			continue
		}
		a, err := parseJSON(left)
		if err != nil {
			return nil, err
		}
		b, err := parseJSON(right)
		if err != nil {
			return nil, err
		}
		if join.and {
			return func(v any) bool { return a(v) && b(v) }, nil
		}
		return func(v any) bool { return a(v) || b(v) }, nil
	}
	m := comparison.FindStringSubmatch(source)
	if m == nil {
		return nil, fmt.Errorf("%q is not a comparison like $.level = \"error\"", strings.TrimSpace(source))
	}
	path, sign := strings.Split(m[1], ".")[1:], m[2]
	if number, err := strconv.ParseFloat(m[3], 64); err == nil {
		return func(v any) bool { f, ok := field(v, path).(float64); return ok && compares(f, sign, number) }, nil
	}
	text := strings.Trim(m[3], `"`)
	switch sign {
	case "=":
		return func(v any) bool { s, ok := field(v, path).(string); return ok && wildcard(text, s) }, nil
	case "!=":
		return func(v any) bool { s, ok := field(v, path).(string); return ok && !wildcard(text, s) }, nil
	}
	return nil, fmt.Errorf("%s compares numbers, and %s is none", sign, m[3])
}

// field follows a path into an object; nil where it leads nowhere.
func field(v any, path []string) any {
	for _, name := range path {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[name]
	}
	return v
}

func compares(a float64, sign string, b float64) bool {
	switch sign {
	case "=":
		return a == b
	case "!=":
		return a != b
	case ">=":
		return a >= b
	case "<=":
		return a <= b
	case ">":
		return a > b
	default:
		return a < b
	}
}

// wildcard matches text in which * stands for anything.
func wildcard(pattern, text string) bool {
	first, rest, more := strings.Cut(pattern, "*")
	if !more {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	for i := len(first); i <= len(text); i++ {
		if wildcard(rest, text[i:]) {
			return true
		}
	}
	return false
}
