package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"gameday/internal/cloud"
)

// answer is AWS's refusal of a call, wrapped as kinds wrap it.
func answer(service, operation, code, message string) error {
	return fmt.Errorf("stop task: %w", &smithy.OperationError{
		ServiceID: service, OperationName: operation, Err: &smithy.GenericAPIError{Code: code, Message: message},
	})
}

func TestExplainAnswers(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{answer("ECS", "StopTask", "AccessDeniedException", "no"), "allow the IAM action ecs:StopTask "},
		{answer("Elastic Load Balancing v2", "DescribeTargetHealth", "AccessDenied", "no"), "allow the IAM action elasticloadbalancing:DescribeTargetHealth "},
		{answer("Auto Scaling", "SuspendProcesses", "AccessDenied", "no"), "allow the IAM action autoscaling:SuspendProcesses "},
		{answer("EC2", "RunInstances", "UnauthorizedOperation", "User: arn:aws:iam::1:user/a is not authorized to perform: iam:PassRole on resource: *"),
			"allow the IAM action iam:PassRole "},
		{answer("EC2", "StopInstances", "UnauthorizedOperation", "a is not authorized to perform: ec2:StopInstances on resource: b with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p"),
			"the IAM action ec2:StopInstances is denied by a service control policy, "},
		{answer("STS", "GetCallerIdentity", "ExpiredToken", "the token has expired"), "the credentials have expired"},
		{answer("EC2", "DescribeInstances", "RequestExpired", "no"), "set this machine's clock"},
		{answer("ECS", "StopTask", "InvalidSignatureException", "Signature expired: 1 is now earlier than 2"), "set this machine's clock"},
		{answer("ECS", "StopTask", "UnrecognizedClientException", "no"), "AWS does not know these credentials"},
		{answer("EC2", "DescribeInstances", "OptInRequired", "no"), "has not enabled"},
		{answer("EC2", "DescribeInstances", "RequestLimitExceeded", "no"), "AWS throttles ec2:DescribeInstances"},
		{answer("ECS", "StopTask", "ClusterNotFoundException", "no"), ""},
		{errors.New("access denied"), ""},
		{&net.DNSError{IsNotFound: true}, ""},
		{nil, ""},
	} {
		if got := cloud.Explain(c.err); !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("Explain(%v)\n got %q\nwant %q", c.err, got, c.want)
		}
	}
}

// What keeps AWS from answering is provoked, since the SDK wraps it in ways of its own.
func TestExplainSilence(t *testing.T) {
	done := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	defer silent.Close()
	defer close(done)
	gone := httptest.NewServer(nil)
	gone.Close()
	keys := credentials.NewStaticCredentialsProvider("key", "secret", "")
	unknown := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "sts.eu-wst-1.amazonaws.com", IsNotFound: true}
	}}

	for name, c := range map[string]struct {
		config aws.Config
		want   string
	}{
		"no credentials": {aws.Config{Credentials: credentials.NewStaticCredentialsProvider("", "", "")}, "no AWS credentials were found"},
		"single sign-on": {aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New("refresh cached SSO token failed, unable to refresh SSO token")
		})}, "aws sso login"},
		"a role that may not be assumed": {aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, answer("STS", "AssumeRole", "AccessDenied", "no")
		})}, "allow the IAM action sts:AssumeRole "},
		"nobody listens":   {aws.Config{Credentials: keys, BaseEndpoint: &gone.URL}, "nothing listens at the endpoint"},
		"no such host":     {aws.Config{Credentials: keys, HTTPClient: &http.Client{Transport: unknown}}, "the name of the endpoint does not exist"},
		"an answer is due": {aws.Config{Credentials: keys, BaseEndpoint: &silent.URL}, "AWS did not answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			if name == "an answer is due" {
				ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
			}
			defer cancel()
			c.config.Region, c.config.RetryMaxAttempts = "eu-west-1", 1
			_, err := sts.NewFromConfig(c.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if err == nil {
				t.Fatal("no error")
			}
			if got := cloud.Explain(err); !strings.Contains(got, c.want) {
				t.Errorf("Explain(%v)\n got %q\nwant %q", err, got, c.want)
			}
		})
	}
}
