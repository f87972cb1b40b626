package cloud_test

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/logging"

	"gameday/internal/cloud"
)

func TestAnEndpointThatCanBeNoneIsRefusedAtOnce(t *testing.T) {
	for _, endpoint := range []string{"garbage", "127.0.0.1:4599", "ftp://127.0.0.1", "http://", ":"} {
		t.Setenv("AWS_ENDPOINT_URL", endpoint)
		_, err := cloud.Open(t.Context(), cloud.Options{Region: "eu-west-1"})
		if err == nil || !strings.Contains(err.Error(), "AWS_ENDPOINT_URL") || !strings.Contains(err.Error(), "http://127.0.0.1:4599") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

func TestWhatTheSDKHasToSayGoesToTheLog(t *testing.T) {
	var said strings.Builder
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	env, err := cloud.Open(t.Context(), cloud.Options{Endpoint: "http://127.0.0.1:1", Region: "eu-west-1", Key: "key", Secret: "secret", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	env.AWS.Logger.Logf(logging.Warn, "attempt %d", 2)
	if !strings.Contains(said.String(), "level=DEBUG msg=\"attempt 2\"") {
		t.Errorf("logged %q", said.String())
	}
}

func TestALabThatIsNotThereIsNotWaitedFor(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	env, err := cloud.Open(t.Context(), cloud.Options{Endpoint: gone.URL, Region: "eu-west-1", Key: "key", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = cloud.Identify(t.Context(), env)
	var often *retry.MaxAttemptsError
	if err == nil || errors.As(err, &often) {
		t.Errorf("asked again and again: %v", err)
	}
	if !strings.Contains(cloud.Explain(err), "gameday lab") {
		t.Errorf("no advice on %v", err)
	}
}
