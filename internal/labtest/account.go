package labtest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/world"
)

// Account is a lab, and a run in it.
type Account struct {
	*lab.Lab
	Env *cloud.Env
}

// Open starts a lab for a run that looks often and soon gives up on a call.
func Open(t testing.TB, o lab.Options) Account {
	t.Helper()
	l, env := Start(t, o)
	env.RunID, env.Poll = "run-1", 25*time.Millisecond
	env.AWS.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 2, time.Millisecond })
	}
	return Account{l, env}
}

// As is the account for another run in it.
func (a Account) As(run string) Account {
	env := *a.Env
	env.RunID = run
	return Account{a.Lab, &env}
}

// step is what a test does and undoes. The lab knows no kinds.
type step interface {
	Do(ctx context.Context, env *cloud.Env) error
	Undo(ctx context.Context, env *cloud.Env) error
}

// Do does a step, which has to go well.
func (a Account) Do(t testing.TB, s step) {
	t.Helper()
	if err := s.Do(Patience(t), a.Env); err != nil {
		t.Fatal(err)
	}
}

// Undo undoes a step, which has to go well.
func (a Account) Undo(t testing.TB, s step) {
	t.Helper()
	if err := s.Undo(Patience(t), a.Env); err != nil {
		t.Fatal(err)
	}
}

// Subnet is the one of that name.
func (a Account) Subnet(t testing.TB, name string) world.Subnet {
	t.Helper()
	all := a.World.Subnets()
	at := slices.IndexFunc(all, func(s world.Subnet) bool { return s.Tags["Name"] == name })
	if at < 0 {
		t.Fatalf("no subnet %s", name)
	}
	return all[at]
}

// Reaches reports whether a host is reached from a subnet.
func (a Account) Reaches(t testing.TB, subnet, host string) bool {
	t.Helper()
	r, err := a.World.Reach(a.Subnet(t, subnet).ID, host)
	if err != nil {
		t.Fatal(err)
	}
	return r.OK()
}

// Journaled is a step as it is read back from the journal, where it has to be the same.
func Journaled[S any](t testing.TB, planned any) *S {
	t.Helper()
	line, err := json.Marshal(planned)
	if err != nil {
		t.Fatal(err)
	}
	back := new(S)
	if err := json.Unmarshal(line, back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(planned, any(back)) {
		t.Fatalf("came back as %+v, was %+v", back, planned)
	}
	return back
}

// NeedsCLI skips a test on a machine without the AWS CLI.
func NeedsCLI(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the AWS CLI is not installed")
	}
}

// Paste does what a person does with lines for a shell, with the real AWS CLI, until one of them fails.
func Paste(t testing.TB, l *lab.Lab, lines []string) {
	t.Helper()
	shell := exec.CommandContext(Patience(t), "sh", "-ec", strings.Join(lines, "\n"))
	shell.Env = append(os.Environ(), "AWS_CONFIG_FILE="+os.DevNull, "AWS_PAGER=")
	for name, value := range l.Environment() {
		shell.Env = append(shell.Env, name+"="+value)
	}
	if said, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}
