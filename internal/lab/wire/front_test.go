package wire_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
)

func TestIdentity(t *testing.T) {
	_, cfg := lab(t, wire.Options{Denied: []string{"*"}}) // nobody can be denied to know who they are
	who := must(sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil))(t)
	if *who.Account != "123456789012" || *who.Arn != "arn:aws:iam::123456789012:user/gameday" {
		t.Errorf("got %s, %s", *who.Account, *who.Arn)
	}
}

// each makes one harmless call of every service.
func each(t *testing.T, cfg aws.Config, want map[string]string) {
	t.Helper()
	calls := map[string]func() error{
		"ec2": func() error { _, err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil); return err },
		"ecs": func() error { _, err := ecs.NewFromConfig(cfg).ListClusters(t.Context(), nil); return err },
		"elasticloadbalancing": func() error {
			_, err := elb.NewFromConfig(cfg).DescribeLoadBalancers(t.Context(), nil)
			return err
		},
		"autoscaling": func() error {
			_, err := autoscaling.NewFromConfig(cfg).DescribeAutoScalingGroups(t.Context(), nil)
			return err
		},
		"cloudwatch": func() error { _, err := cloudwatch.NewFromConfig(cfg).DescribeAlarms(t.Context(), nil); return err },
	}
	for service, call := range calls {
		t.Run(service, func(t *testing.T) { wantCode(t, call(), want[service]) })
	}
}

func TestExpiredCredentialsAreRefusedInEveryServicesWords(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	cfg.Credentials = credentials.NewStaticCredentialsProvider(wire.ExpiredKey, "secret", "token")
	each(t, cfg, map[string]string{
		"ec2":                  "RequestExpired",
		"ecs":                  "ExpiredTokenException",
		"elasticloadbalancing": "ExpiredToken",
		"autoscaling":          "ExpiredToken",
		"cloudwatch":           "ExpiredToken",
	})
}

func TestOtherRegionsAreNotEnabled(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	cfg.Region = "eu-central-1"
	each(t, cfg, map[string]string{
		"ec2": "OptInRequired", "ecs": "OptInRequired", "elasticloadbalancing": "OptInRequired",
		"autoscaling": "OptInRequired", "cloudwatch": "OptInRequired",
	})
}

func TestDeniedActionsAreRefusedInEveryServicesWords(t *testing.T) {
	_, cfg := lab(t, wire.Options{Denied: []string{"ec2:*", "ecs:ListClusters", "elasticloadbalancing:*", "autoscaling:*", "cloudwatch:*"}})
	each(t, cfg, map[string]string{
		"ec2":                  "UnauthorizedOperation",
		"ecs":                  "AccessDeniedException",
		"elasticloadbalancing": "AccessDenied",
		"autoscaling":          "AccessDenied",
		"cloudwatch":           "AccessDenied",
	})
}

func TestARefusalNamesCallerActionAndResource(t *testing.T) {
	handler, cfg := lab(t, wire.Options{Denied: []string{"ecs:StopTask", "ec2:TerminateInstances"}})
	_, err := ecs.NewFromConfig(cfg).StopTask(t.Context(), &ecs.StopTaskInput{Cluster: aws.String("web"), Task: aws.String("0123")})
	const want = "User: arn:aws:iam::123456789012:user/gameday is not authorized to perform: ecs:StopTask on resource: " +
		"arn:aws:ecs:eu-west-1:123456789012:task/web/0123 because no identity-based policy allows the ecs:StopTask action"
	if got := wantCode(t, err, "AccessDeniedException"); got != want {
		t.Errorf("got %q", got)
	}
	// A rehearsal meets the same refusal: that is what it is for.
	_, err = ec2.NewFromConfig(cfg).TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{
		InstanceIds: []string{"i-0123456789abcdef0"}, DryRun: aws.Bool(true),
	})
	if got := wantCode(t, err, "UnauthorizedOperation"); !strings.Contains(got, "ec2:TerminateInstances on resource: arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0 ") {
		t.Errorf("got %q", got)
	}
	for _, c := range handler.Calls() {
		if c.Code == "" {
			t.Errorf("%s went through", c.Action)
		}
	}
}

func TestThrottledCallsAreRetriedBySDKs(t *testing.T) {
	var seen atomic.Int32
	handler, cfg := lab(t, wire.Options{Intercept: func(c wire.Call) wire.Fate {
		if c.Action == "DescribeVpcs" && seen.Add(1) < 3 {
			return wire.Refuse(protocol.Throttled)
		}
		return wire.Pass
	}})
	must(ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil))(t)
	var codes []string
	for _, c := range handler.Calls() {
		codes = append(codes, c.Code)
	}
	if got := strings.Join(codes, ","); got != "RequestLimitExceeded,RequestLimitExceeded," {
		t.Errorf("got %q", got)
	}
}

func TestFailuresCanBeMadeToOrder(t *testing.T) {
	_, cfg := lab(t, wire.Options{Intercept: func(wire.Call) wire.Fate {
		return wire.Refuse(protocol.Faultf("InstanceLimitExceeded", "no more of them"))
	}})
	_, err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil)
	if got := wantCode(t, err, "InstanceLimitExceeded"); got != "no more of them" {
		t.Errorf("got %q", got)
	}
}

func TestCallsAreRemembered(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	must(client.ListClusters(t.Context(), nil))(t)
	_, err := client.StopTask(t.Context(), &ecs.StopTaskInput{Cluster: aws.String("nowhere"), Task: aws.String("x")})
	wantCode(t, err, "ClusterNotFoundException")
	calls := handler.Calls()
	if len(calls) != 2 {
		t.Fatalf("want 2 calls, got %v", calls)
	}
	if c := calls[0]; c.Service != "ecs" || c.Action != "ListClusters" || c.Write || c.Code != "" || c.Region != "eu-west-1" || c.ID == "" {
		t.Errorf("got %+v", c)
	}
	c := calls[1]
	if in, ok := c.Input.(*ecs.StopTaskInput); !ok || *in.Task != "x" || !c.Write || c.Code != "ClusterNotFoundException" {
		t.Errorf("got %+v", c)
	}
}

// Requests that no SDK would send.
func TestOddRequestsAreAnsweredAsAWSDoes(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	const signed = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/eu-west-1/x/aws4_request, SignedHeaders=host, Signature=0"
	const target = "AmazonEC2ContainerServiceV20141113."
	for _, c := range []struct {
		name, path, target, signature, body string
		status                              int
		want                                string
	}{
		{"unsigned form", "/", "", "", "Action=DescribeVpcs&Version=2016-11-15", 403, "<Code>MissingAuthenticationToken</Code>"},
		{"unsigned JSON", "/", target + "ListTasks", "", "{}", 400, `"__type":"MissingAuthenticationTokenException"`},
		{"unknown action of EC2", "/", "", signed, "Action=Fly&Version=2016-11-15", 400, "<Code>InvalidAction</Code>"},
		{"unknown action of Auto Scaling", "/", "", signed, "Action=Fly&Version=2011-01-01", 400, "<Code>InvalidAction</Code>"},
		{"unknown action of ECS", "/", target + "Fly", signed, "{}", 400, `"__type":"UnknownOperationException"`},
		{"unknown action of CloudWatch", "/service/GraniteServiceVersion20100801/operation/Fly", "", signed, "", 400, "UnknownOperationException"},
		{"unknown service", "/", "", signed, "Action=ListUsers&Version=2010-05-08", 404, "no call of a service that the lab has"},
		{"nothing", "/", "", signed, "", 404, "no call of a service that the lab has"},
		{"broken JSON", "/", target + "ListTasks", signed, `{"cluster":`, 400, `"__type":"SerializationException"`},
		{"wrong type in JSON", "/", target + "ListTasks", signed, `{"cluster":7}`, 400, `"__type":"SerializationException"`},
		{"broken CBOR", "/service/GraniteServiceVersion20100801/operation/ListMetrics", "", signed, "\xbf\x69", 400, "SerializationException"},
		{"unknown parameter", "/", "", signed, "Action=DescribeVpcs&Version=2016-11-15&Colour=red", 400, "The parameter Colour is not recognized"},
		{"not a number", "/", "", signed, "Action=DescribeVpcs&Version=2016-11-15&MaxResults=many", 400, "<Code>InvalidParameterValue</Code>"},
		{"query without a body", "/?Action=DescribeVpcs&Version=2016-11-15&X-Amz-Credential=A/1/eu-west-1/ec2/aws4_request", "", "", "", 200, "<vpcSet>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			method := http.MethodPost
			if strings.Contains(c.path, "?") {
				method = http.MethodGet
			}
			r, err := http.NewRequestWithContext(t.Context(), method, *cfg.BaseEndpoint+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.target != "" {
				r.Header.Set("X-Amz-Target", c.target)
			}
			if c.signature != "" {
				r.Header.Set("Authorization", c.signature)
			}
			answer := must(http.DefaultClient.Do(r))(t)
			defer answer.Body.Close()
			body := must(io.ReadAll(answer.Body))(t)
			if answer.StatusCode != c.status || !strings.Contains(string(body), c.want) {
				t.Errorf("want %d and %q, got %d and %q", c.status, c.want, answer.StatusCode, body)
			}
		})
	}
}
