package cloud_test

import (
	"fmt"
	"strings"
	"testing"

	"gameday/internal/cloud"
)

func TestNoSuch(t *testing.T) {
	for _, c := range []struct {
		name  string
		exist []string
		want  string
	}{
		{"wbe", []string{"web", "admin"}, `there is no cluster "wbe", did you mean "web"? (there are: "admin", "web")`},
		{"WEB", []string{"web"}, `there is no cluster "WEB", did you mean "web"? (there are: "web")`},
		{"payments", []string{"web"}, `there is no cluster "payments" (there are: "web")`},
		{"web", nil, `there is no cluster "web", nor any other: is this the right account and region?`},
	} {
		if got := cloud.NoSuch("cluster", c.name, c.exist).Error(); got != c.want {
			t.Errorf("NoSuch(%q, %v)\n got %s\nwant %s", c.name, c.exist, got, c.want)
		}
	}
}

func TestNoSuchListsAFewOfMany(t *testing.T) {
	var exist []string
	for i := range 25 {
		exist = append(exist, fmt.Sprintf("service-%02d", i))
	}
	got := cloud.NoSuch("service", "x", exist).Error()
	if !strings.HasSuffix(got, `"service-09" and 15 more)`) {
		t.Errorf("got %s", got)
	}
}
