package wire_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/topology"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/world"
)

// account is small, and quick to heal.
const account = `
cloudwatch {
  resolution = "1s"
  delay      = "0s"
}

cluster "web" {
  tags = { team = "news" }
}

auto_scaling_group "web" {
  cluster       = "web"
  min           = 1
  desired       = 6
  max           = 9
  boot          = "100ms"
  replace_after = "100ms"
  tags          = { chaos = "allowed", "team.name" = "news" }
}

load_balancer "web" {
  tags = { team = "news" }
}

load_balancer "unused" {}

service "front" {
  tasks                = 3
  distinct_instances   = true
  load_balancer        = "web"
  path                 = "/front*"
  latency              = "1ms"
  start                = "50ms"
  drain                = "0s"
  stop_timeout         = "1s"
  deregistration_delay = "100ms"
  tags                 = { tier = "critical" }

  health_check {
    interval  = "200ms"
    timeout   = "5s"
    healthy   = 2
    unhealthy = 2
  }

  auto_scaling {
    min                        = 2
    max                        = 8
    target_requests_per_target = 1000
    suspended                  = true
  }
}

service "index" {
  launch_type = "FARGATE"
  start       = "50ms"
  drain       = "0s"
}

alarm "few" {
  namespace = "AWS/ApplicationELB"
  metric    = "HealthyHostCount"
  threshold = 0
}
`

// patience is far longer than anything takes.
const patience = time.Minute

// lab serves the account and returns how the SDK reaches it.
func lab(t *testing.T, o wire.Options) (*wire.Handler, aws.Config) {
	t.Helper()
	described, err := topology.Parse([]byte(account), "account.hcl", nil)
	if err != nil {
		t.Fatal(err)
	}
	store := metrics.New(metrics.Options{Resolution: time.Second})
	w, err := world.New(described, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	steady, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.WaitSteady(steady); err != nil {
		t.Fatal(err)
	}
	handler := wire.New(w, store, o)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return handler, aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(server.URL),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", ""),
	}
}

// wantCode checks that err is AWS's error of that code, and returns its message.
func wantCode(t *testing.T, err error, code string) string {
	t.Helper()
	var fault smithy.APIError
	if !errors.As(err, &fault) {
		t.Fatalf("want %s, got %v", code, err)
	}
	if fault.ErrorCode() != code {
		t.Fatalf("want %s, got %v", code, err)
	}
	return fault.ErrorMessage()
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
