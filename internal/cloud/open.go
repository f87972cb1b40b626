package cloud

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"
)

// Options says which AWS to talk to. The zero value means whatever the environment and ~/.aws say, as for the AWS CLI.
type Options struct {
	Region   string
	Profile  string
	Endpoint string // of all services: the lab's
	Key      string // static access key and secret, with Endpoint
	Secret   string
	Log      *slog.Logger
}

const (
	pollAWS = 5 * time.Second        // describe calls are throttled per account, and others need them too
	pollLab = 250 * time.Millisecond // loopback is free
	lateAWS = 5 * time.Minute        // metrics of a load balancer arrive one to three minutes late
	lateLab = 10 * time.Second
	undoAWS = 15 * time.Minute // an instance takes minutes to start, and AWS may be out of reach for some
	undoLab = time.Minute
)

// Open makes the Env of one process. It reads configuration and calls nobody; Identify does.
func Open(ctx context.Context, o Options) (*Env, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	retryer := newRetryer()
	settings := []func(*config.LoadOptions) error{
		config.WithRetryer(func() aws.Retryer { return retryer }),
		config.WithLogger(sdkLog(o.Log)),
	}
	if o.Region != "" {
		settings = append(settings, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		settings = append(settings, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Endpoint != "" {
		settings = append(settings, config.WithBaseEndpoint(o.Endpoint))
	}
	if o.Key != "" {
		settings = append(settings, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(o.Key, o.Secret, "")))
	}
	cfg, err := config.LoadDefaultConfig(ctx, settings...)
	var unknown config.SharedConfigProfileNotExistError
	if errors.As(err, &unknown) {
		return nil, fmt.Errorf("there is no profile %q in ~/.aws/config: check --profile and AWS_PROFILE, or use --lab, which needs none", unknown.Profile)
	}
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, fmt.Errorf("no AWS region is set: export AWS_REGION=eu-west-1, or set one for your profile in ~/.aws/config")
	}
	if err := usable(cfg.BaseEndpoint); err != nil {
		return nil, err
	}
	cfg.HTTPClient = impatient(cfg.HTTPClient, silence)
	cfg.APIOptions = append(cfg.APIOptions, rememberDoubt)
	cfg.Credentials = &renewable{current: cfg.Credentials, load: func(ctx context.Context) (aws.CredentialsProvider, error) {
		again, err := config.LoadDefaultConfig(ctx, settings...)
		return again.Credentials, err
	}}
	e := &Env{AWS: cfg, HTTP: plainClient(), Log: o.Log, Poll: pollAWS, Late: lateAWS, Undo: undoAWS}
	if e.Local() {
		e.Poll, e.Late, e.Undo = pollLab, lateLab, undoLab
	}
	return e, nil
}

// usable fails where an endpoint that was set can be none: asking it again and again would take half a minute.
func usable(endpoint *string) error {
	if endpoint == nil {
		return nil
	}
	u, err := url.Parse(*endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("the AWS endpoint %q (AWS_ENDPOINT_URL, or endpoint_url in ~/.aws/config) is no URL: write it like http://127.0.0.1:4599, or leave it out to use AWS itself", *endpoint)
	}
	return nil
}

// sdkLog takes in what the SDK would otherwise write to the terminal.
func sdkLog(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(class logging.Classification, format string, v ...any) {
		log.Debug(fmt.Sprintf(format, v...), "from", "aws-sdk", "class", string(class))
	})
}

// Local reports whether AWS is played by something on this machine, like the lab.
func (e *Env) Local() bool {
	if e.AWS.BaseEndpoint == nil {
		return false
	}
	u, err := url.Parse(*e.AWS.BaseEndpoint)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// plainClient is an HTTP client that shows what happened: it follows no redirects.
func plainClient() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
