package logcount

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/labtest"
	"gameday/probes"
)

const group = "/app/web"

// past is the beginning of a period that is long over.
var past = time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)

// logged starts an account with lines in the log group, each so many seconds after past.
func logged(t *testing.T, lines map[int][]string) (*lab.Lab, *cloud.Env) {
	t.Helper()
	l, env := labtest.Start(t, lab.Options{Topology: "testdata/empty.hcl"})
	client := cloudwatchlogs.NewFromConfig(env.AWS)
	if _, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(group)}); err != nil {
		t.Fatal(err)
	}
	stream := aws.String("web/app/1")
	if _, err := client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: aws.String(group), LogStreamName: stream}); err != nil {
		t.Fatal(err)
	}
	var events []types.InputLogEvent
	for second, texts := range lines {
		for _, text := range texts {
			events = append(events, types.InputLogEvent{Timestamp: aws.Int64(past.Add(time.Duration(second) * time.Second).UnixMilli()), Message: aws.String(text)})
		}
	}
	slices.SortStableFunc(events, func(a, b types.InputLogEvent) int { return int(*a.Timestamp - *b.Timestamp) })
	for some := range slices.Chunk(events, 500) {
		if _, err := client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: aws.String(group), LogStreamName: stream, LogEvents: some}); err != nil {
			t.Fatal(err)
		}
	}
	return l, env
}

func counter(pattern, silence string) *Probe {
	p := Kind().New().(*Probe)
	p.LogGroup, p.Pattern, p.Silence = group, pattern, silence
	return p
}

// measure returns the values of a minute's readings by the second at which they begin.
func measure(t *testing.T, env *cloud.Env, p *Probe) (map[int]float64, []probes.Reading) {
	t.Helper()
	readings, err := p.Measure(t.Context(), env, past, past.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	values := map[int]float64{}
	for _, r := range readings {
		if r.Span != 10*time.Second {
			t.Errorf("it speaks of %s", r.Span)
		}
		values[int(r.At.Sub(past).Seconds())] = r.Value
	}
	return values, readings
}

func TestMatchesArePeriodByPeriod(t *testing.T) {
	t.Parallel()
	_, env := logged(t, map[int][]string{
		-1: {"npm error before"},
		0:  {"npm error a"},
		9:  {"npm error b", "all is well"},
		25: {"all is well"},
		59: {"npm\terror c\n  at once " + strings.Repeat("ä", 300)},
		60: {"npm error after"},
	})
	values, readings := measure(t, env, counter("npm error", unknown))
	if want := map[int]float64{0: 2, 20: 0, 50: 1}; fmt.Sprint(values) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", values, want)
	}
	if readings[0].Note != "npm error a | npm error b" {
		t.Errorf("quotes %q", readings[0].Note)
	}
	if last := readings[len(readings)-1].Note; !strings.HasPrefix(last, "npm error c at once ä") || len([]rune(last)) > longest+3 {
		t.Errorf("quotes %q", last)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	_, env := logged(t, map[int][]string{5: {"hello"}, 35: {"error 1", "error 2", "error 3", "error 4", "error 5"}})
	for _, c := range []struct {
		pattern, silence string
		want             map[int]float64
	}{
		{"error", unknown, map[int]float64{0: 0, 30: 5}},
		{"error", zero, map[int]float64{0: 0, 10: 0, 20: 0, 30: 5, 40: 0, 50: 0}},
		{"", unknown, map[int]float64{0: 1, 30: 5}},
		{"", zero, map[int]float64{0: 1, 10: 0, 20: 0, 30: 5, 40: 0, 50: 0}},
	} {
		p := counter(c.pattern, c.silence)
		for range 2 {
			values, readings := measure(t, env, p)
			if fmt.Sprint(values) != fmt.Sprint(c.want) {
				t.Errorf("%q, silence is %s: got %v, want %v", c.pattern, c.silence, values, c.want)
			}
			if note := readings[len(readings)-1].Note; c.silence == unknown && note != "error 1 | error 2 | error 3 | and 2 more" {
				t.Errorf("quotes %q", note)
			}
		}
	}
}

// Once something was logged in a period, that stays so, and nobody has to ask again.
func TestSilenceIsAskedForOnce(t *testing.T) {
	t.Parallel()
	l, env := logged(t, map[int][]string{5: {"hello"}, 15: {"hello"}, 25: {"hello"}, 35: {"hello"}, 45: {"hello"}, 55: {"hello"}})
	asked := func() int {
		return len(slices.DeleteFunc(l.Calls(), func(c wire.Call) bool { return c.Action != "FilterLogEvents" }))
	}
	p := counter("error", unknown)
	measure(t, env, p)
	first := asked()
	measure(t, env, p)
	if again := asked() - first; first != 7 || again != 1 {
		t.Errorf("asked %d times, then %d times, want 7 and 1", first, again)
	}
}

// CloudWatch Logs looks through a stretch of the log a call, and answers with an empty page where nothing in it matches.
func TestEmptyPagesAreNotTheEnd(t *testing.T) {
	t.Parallel()
	lines := map[int][]string{58: {"error at last"}}
	for second := range 50 {
		for n := range 60 {
			lines[second] = append(lines[second], fmt.Sprint("all is well ", n))
		}
	}
	l, env := logged(t, lines)
	l.Intercept(wire.Nth(2, func(c wire.Call) bool { return c.Action == "FilterLogEvents" }, wire.Refuse(protocol.Throttled)))
	if values, _ := measure(t, env, counter("error", unknown)); values[50] != 1 || values[0] != 0 || len(values) != 6 {
		t.Errorf("got %v", values)
	}
}

func TestAPeriodIsCountedOnceItIsOver(t *testing.T) {
	env := &cloud.Env{Late: 5 * time.Minute}
	at := func(seconds int) time.Time { return past.Add(time.Duration(seconds) * time.Second) }
	for _, c := range []struct {
		delay    string
		now      int
		from, to int // the window
	}{
		{"", 120, 0, 60},
		{"", 85, 0, 50}, // 30 s late
		{"0s", 45, 0, 40},
		{"20s", 65, 0, 40},
		{"20s", 15, 0, 0},
	} {
		p := counter("error", unknown)
		p.Delay = attr.Duration(c.delay)
		if w := p.final(env, at(3), at(57), at(c.now)); !w.From.Equal(at(c.from)) || !w.To.Equal(at(c.to)) {
			t.Errorf("%q later, at %d s: got %s to %s", c.delay, c.now, w.From.Sub(past), w.To.Sub(past))
		}
	}
}

func TestStreams(t *testing.T) {
	t.Parallel()
	_, env := logged(t, map[int][]string{5: {"error"}})
	for _, c := range []struct {
		streams []string
		prefix  string
		want    float64
	}{{[]string{"web/app/1"}, "", 1}, {nil, "web/", 1}, {nil, "worker/", 0}} {
		p := counter("error", zero)
		p.Streams, p.Prefix = c.streams, c.prefix
		if values, _ := measure(t, env, p); values[0] != c.want {
			t.Errorf("%v, %q: got %v, want %v", c.streams, c.prefix, values[0], c.want)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	_, env := logged(t, nil)
	near, far, wrong := counter("x", zero), counter("x", zero), counter("{ $.level", zero)
	near.LogGroup, far.LogGroup = "/app/wbe", "nothing-like-it"
	for says, p := range map[string]*Probe{
		`there is no log group "/app/wbe", did you mean "/app/web"?`: near,
		`there is no log group "nothing-like-it" (there are: `:       far,
		`is written in quotes of its own`:                            wrong,
	} {
		_, err := p.Measure(t.Context(), env, past, past.Add(time.Minute))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}

func TestWhatIsWrongWithAttributes(t *testing.T) {
	for _, c := range []struct {
		change func(*Probe)
		want   []string
	}{
		{func(*Probe) {}, nil},
		{func(p *Probe) { p.Silence = "quiet" }, []string{"silence"}},
		{func(p *Probe) { p.Streams, p.Prefix = []string{"a"}, "b" }, []string{"stream_prefix"}},
		{func(p *Probe) { p.Streams = make([]string, 101) }, []string{"streams"}},
		{func(p *Probe) { p.Period = "10ms" }, []string{"period"}},
	} {
		p := counter("x", zero)
		c.change(p)
		var got []string
		for _, problem := range p.Validate() {
			got = append(got, problem.Attr)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("guilty: %q, want %q", got, c.want)
		}
	}
}
