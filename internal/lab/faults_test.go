package lab

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire"
)

// TestOneWrite is what the child process of the test below does: one write, through an SDK that knows the environment only.
func TestOneWrite(t *testing.T) {
	instance := os.Getenv("GAMEDAY_TEST_MARK")
	if instance == "" {
		t.Skip("only as a child process")
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = ec2.NewFromConfig(cfg).CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: []string{instance}, Tags: []ec2types.Tag{{Key: aws.String("mark"), Value: aws.String("made")}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The account lives here, its client in another process, which dies at one precise moment of one call.
func TestAClientIsKilledBeforeOrAfterItsCallIsCarriedOut(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		moment string
		fate   func(kill func()) wire.Interceptor
		marked bool
	}{
		{"before", func(kill func()) wire.Interceptor {
			return func(c wire.Call) wire.Fate {
				if wire.Writes(c) {
					kill()
					return wire.LostBefore
				}
				return wire.Pass
			}
		}, false},
		{"after", func(kill func()) wire.Interceptor {
			return wire.Nth(1, wire.Writes, wire.LostAfter.Then(func(wire.Call) { kill() }))
		}, true},
		{"never", func(func()) wire.Interceptor { return nil }, true},
	} {
		t.Run(c.moment, func(t *testing.T) {
			l := start(t)
			instance := l.World.Instances()[0].ID
			ctx, kill := context.WithTimeout(t.Context(), time.Minute)
			defer kill()
			child := exec.CommandContext(ctx, self, "-test.run=^TestOneWrite$")
			child.Env = append(os.Environ(), "GAMEDAY_TEST_MARK="+instance)
			for key, value := range l.Environment() {
				child.Env = append(child.Env, key+"="+value)
			}
			died := make(chan struct{})
			l.Intercept(c.fate(func() {
				kill() // with SIGKILL, as exec.CommandContext promises
				<-died
			}))
			ended := child.Start()
			if ended == nil {
				ended = child.Wait()
			}
			close(died)
			if killed := ended != nil; killed != (c.moment != "never") {
				t.Errorf("the child ended with %v", ended)
			}
			marks := func() bool { return l.World.Instances()[0].Tags["mark"] == "made" }
			if c.marked {
				eventually(t, "the mark is there", marks)
			} else if marks() {
				t.Error("the mark is there")
			}
			eventually(t, "the write is remembered", func() bool { return len(l.writes()) == 1 })
		})
	}
}

// writes are the calls that changed the account, or were meant to.
func (l *Lab) writes() []wire.Call {
	var all []wire.Call
	for _, c := range l.Calls() {
		if wire.Writes(c) {
			all = append(all, c)
		}
	}
	return all
}
