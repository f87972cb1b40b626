package cloud_test

import (
	"slices"
	"testing"

	"gameday/internal/cloud"
)

func TestAChildSeesTheAccountThatWeSee(t *testing.T) {
	env, err := cloud.Open(t.Context(), cloud.Options{Region: "eu-west-1", Endpoint: "http://127.0.0.1:4599", Key: "key", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	env.RunID = "run-1"
	got := env.Environ(t.Context())
	want := []string{
		"GAMEDAY_RUN_ID=run-1",
		"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ENDPOINT_URL=http://127.0.0.1:4599",
		"AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestAChildKeepsItsOwnCredentialsWhereWeHaveNone(t *testing.T) {
	if got := (&cloud.Env{RunID: "run-1"}).Environ(t.Context()); !slices.Equal(got, []string{"GAMEDAY_RUN_ID=run-1"}) {
		t.Errorf("got %q", got)
	}
}
