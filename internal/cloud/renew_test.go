package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gameday/internal/cloud"
)

func TestCredentialsAreRenewedFromWhereTheyCame(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	login := func(key string) {
		text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = secret\n", key)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	login("first")
	env, err := cloud.Open(t.Context(), cloud.Options{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	uses := func(want string) {
		t.Helper()
		if c, err := env.AWS.Credentials.Retrieve(t.Context()); err != nil || c.AccessKeyID != want {
			t.Errorf("got %q, %v, want %q", c.AccessKeyID, err, want)
		}
	}
	uses("first")
	login("second")
	uses("first")
	env.Renew()
	uses("second")

	login("third")
	env.Poll = time.Millisecond
	looks := 0
	err = cloud.Wait(t.Context(), env, "an answer", func(context.Context) (string, bool, error) {
		if looks++; looks == 1 {
			return "", false, answer("ECS", "DescribeServices", "ExpiredTokenException", "the token has expired")
		}
		return "", true, nil
	})
	if err != nil {
		t.Error(err)
	}
	uses("third")
}

func TestCredentialsThatEndTooSoonAreFoundOut(t *testing.T) {
	soon, later := time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	for name, c := range map[string]struct {
		ends  func() aws.Credentials
		wants string
	}{
		"for ever":    {func() aws.Credentials { return aws.Credentials{} }, ""},
		"long enough": {func() aws.Credentials { return aws.Credentials{CanExpire: true, Expires: later.Add(time.Minute)} }, ""},
		"renewed": {func() aws.Credentials {
			soon = soon.Add(time.Second)
			return aws.Credentials{CanExpire: true, Expires: soon}
		}, ""},
		"fixed": {func() aws.Credentials { return aws.Credentials{CanExpire: true, Expires: later.Add(-time.Hour)} }, "the credentials end at "},
	} {
		env := &cloud.Env{AWS: aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c.ends(), nil })}}
		err := cloud.Outlast(t.Context(), env, later)
		if (err != nil) != (c.wants != "") || err != nil && !strings.HasPrefix(err.Error(), c.wants) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestExpired(t *testing.T) {
	if !cloud.Expired(answer("EC2", "StartInstances", "ExpiredToken", "no")) {
		t.Error("an expired token is none")
	}
	if cloud.Expired(answer("EC2", "StartInstances", "UnauthorizedOperation", "no")) || cloud.Expired(errors.New("ExpiredToken")) {
		t.Error("what has not expired has")
	}
}
