package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwschemas "github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/world"
)

// Every call that the lab knows is made through the real SDK with every field of its input set, and answered
// with every field of its output set. Nothing may be lost or change its value on either way.
func TestEveryFieldOfEveryCallSurvivesTheWire(t *testing.T) {
	h := New(new(world.World), metrics.New(metrics.Options{Resolution: time.Second}), Options{})
	server := httptest.NewServer(h)
	defer server.Close()
	cfg := aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(server.URL),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", ""),
	}
	clients := map[string][]any{
		"sts":                     {sts.NewFromConfig(cfg)},
		"ec2":                     {ec2.NewFromConfig(cfg)},
		"autoscaling":             {autoscaling.NewFromConfig(cfg)},
		"application-autoscaling": {applicationautoscaling.NewFromConfig(cfg)},
		"ecs":                     {ecs.NewFromConfig(cfg)},
		"logs":                    {cloudwatchlogs.NewFromConfig(cfg)},
		"elasticloadbalancing":    {elb.NewFromConfig(cfg)},
		"route53resolver":         {route53resolver.NewFromConfig(cfg)},
		"scheduler":               {scheduler.NewFromConfig(cfg)},
		"tag":                     {tagging.NewFromConfig(cfg)},
		"cloudwatch": {
			cloudwatch.NewFromConfig(cfg),
			cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) {
				o.Protocol = awsjson.New10(cwschemas.GraniteServiceVersion20100801)
			}),
			cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) {
				o.Protocol = awsquery.New(cwschemas.GraniteServiceVersion20100801)
			}),
		},
	}
	for _, s := range h.services {
		for name, o := range s.Operations {
			for i, client := range clients[s.Name] {
				method := reflect.ValueOf(client).MethodByName(name)
				sent, answered := reflect.New(method.Type().In(1).Elem()), reflect.New(method.Type().Out(0).Elem())
				new(filler).fill(sent.Elem())
				new(filler).fill(answered.Elem())
				var received any
				o.Handle = func(in any) (any, error) {
					received = in
					return answered.Interface(), nil
				}
				s.Operations[name] = o
				t.Run(fmt.Sprintf("%s %s %d", s.Name, name, i), func(t *testing.T) {
					results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), sent})
					if err := results[1].Interface(); err != nil {
						t.Fatal(err)
					}
					same(t, "input", sent.Interface(), received)
					same(t, "output", answered.Interface(), results[0].Interface())
				})
			}
		}
	}
}

// same compares what is public in two values of the SDK.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if want, got := text(t, want), text(t, got); want != got {
		t.Errorf("%s differs\nwant %s\ngot  %s", what, want, got)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	var members map[string]any
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &members)
	}
	if err != nil {
		t.Fatal(err)
	}
	delete(members, "ResultMetadata")
	b, err = json.MarshalIndent(inUTC(members), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// inUTC rewrites times, which some codecs leave in the local zone.
func inUTC(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = inUTC(item)
		}
	case []any:
		for i, item := range v {
			v[i] = inUTC(item)
		}
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return v
}

// unused are the types that break the rules of their protocol, and that no service of the lab looks at.
var unused = []reflect.Type{
	reflect.TypeFor[*astypes.BaselinePerformanceFactorsRequest](), // a list of items in a protocol of members
	reflect.TypeFor[*cwtypes.Entity](),                            // maps in a form
}

// filler sets every field that it can reach to something that occurs only once. Unions and documents stay empty.
type filler struct{ n int }

func (f *filler) fill(v reflect.Value) {
	if slices.Contains(unused, v.Type()) {
		return
	}
	f.n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1_700_000_000+int64(f.n), 0)))
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
				f.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Interface {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(item)
			v.SetMapIndex(key, item)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("<%d> & é", f.n))
	case reflect.Bool:
		v.SetBool(f.n%2 == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8:
		v.SetUint(uint64(f.n % 256))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.25)
	}
}
