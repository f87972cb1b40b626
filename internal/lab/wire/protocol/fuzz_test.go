package protocol_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwschemas "github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecsschemas "github.com/aws/aws-sdk-go-v2/service/ecs/schemas"

	"gameday/internal/lab/wire/protocol"
)

// No body makes a protocol panic: a request is read, or refused.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"cluster":"web","services":["a"],"forceNewDeployment":true}`,
		`{"InstanceIds":["i-0"],"Filters":[{"Name":null,"Values":[7]}],"NoSuch":{}}`,
		`{"cluster":null,"services":[`,
		"Action=DescribeInstances&Filter.1.Name=tag%3Aa&Filter.1.Value.2=b&MaxResults=5",
		"MetricDataQueries.member.1.MetricStat.Period=60&StartTime=2026-11-23T00%3A00%3A00Z",
		"Filter=1&Filter.1=2&Filter.1.Value=3&Filter.1.Value.x=4&InstanceId.01=i-1&InstanceId.1=i-2",
		"\xbf\x69StartTime\xc1\xfb\x41\xcc\x36\x80\x00\x00\x00\x00\xff",
		"\xbf\x69StartTime",
		"\xbf\xff",
		"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, body []byte) {
		// Whether a body makes sense is not the point here, so errors are not looked at.
		_ = protocol.EC2Query{}.Read(body, new(ec2.DescribeInstancesInput))
		_ = protocol.AWSQuery{}.Read(body, new(cloudwatch.GetMetricDataInput))
		_ = protocol.NewAWSJSON11(ecsschemas.AmazonEC2ContainerServiceV20141113).Read(body, new(ecs.UpdateServiceInput))
		_ = protocol.NewAWSJSON10(cwschemas.GraniteServiceVersion20100801).Read(body, new(cloudwatch.GetMetricDataInput))
		_ = protocol.NewPlainAWSJSON11().Read(body, new(ecs.UpdateServiceInput))
		_ = protocol.ReadByName(body, new(ec2.DescribeInstancesInput))
		_ = protocol.NewCBOR(cwschemas.GraniteServiceVersion20100801).Read(body, new(cloudwatch.GetMetricDataInput))
	})
}
