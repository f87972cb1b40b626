package reports

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

// TestTextCanBeRead holds the colors of text against every ground that it stands on, light and dark: WCAG 2.2 asks for a
// contrast of 4.5 (success criterion 1.4.3).
func TestTextCanBeRead(t *testing.T) {
	css := asset("report.css")
	light, dark, found := strings.Cut(css, "prefers-color-scheme: dark")
	if !found {
		t.Fatal("there is no dark")
	}
	for name, part := range map[string]string{"light": light, "dark": dark} {
		colors := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(part, -1) {
			colors[m[1]] = m[2]
		}
		for _, text := range []string{"ink", "soft", "good", "bad", "unsure"} {
			for _, ground := range []string{"ground", "raised"} {
				if got := contrast(t, colors[text], colors[ground]); got < 4.5 {
					t.Errorf("%s: %s %s on %s %s has a contrast of %.2f", name, text, colors[text], ground, colors[ground], got)
				}
			}
		}
	}
}

// contrast is the ratio of two colors by the definition of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	var c [3]uint8
	if _, err := fmt.Sscanf(color, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil {
		t.Fatalf("no color but %q: %v", color, err)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
