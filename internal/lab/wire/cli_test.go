package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"gameday/internal/lab/wire"
)

// A person looks around with the AWS CLI, and finds what the SDK finds. Each call takes the CLI a good part of a
// second, so there is one of a kind: what matters here is how another client reads the same bytes.
func TestTheAWSCLIWorks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	program, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("the AWS CLI is not installed (Debian: apt-get install awscli), so its view of the lab goes untested")
	}
	_, cfg := lab(t, wire.Options{})
	filled(t, cloudwatch.NewFromConfig(cfg))
	window := " --start-time " + began.Format("2006-01-02T15:04:05Z") + " --end-time " + began.AddDate(0, 0, 1).Format("2006-01-02T15:04:05Z")
	for _, c := range []struct {
		call string
		want string // in the answer as compact JSON, or in the error
	}{
		{"sts get-caller-identity --query Arn", `"arn:aws:iam::123456789012:user/gameday"`},
		{"ec2 describe-instances --filters Name=tag:chaos,Values=allow* --page-size 5 --query [length(Reservations),Reservations[5].Instances[0].[State,BlockDeviceMappings[0].DeviceName]]",
			`[6,[{"Code":16,"Name":"running"},"/dev/xvda"]]`},
		{"ec2 terminate-instances --instance-ids i-00000000000000000", `(InvalidInstanceID.NotFound)`},
		{"ecs describe-services --cluster web --services front none --query [services[0].[runningCount,pendingCount],failures[0].reason]", `[[3,0],"MISSING"]`},
		{"ecs stop-task --cluster nowhere --task x", `(ClusterNotFoundException)`},
		{"elbv2 describe-load-balancers --names web --query LoadBalancers[0].[State.Code,AvailabilityZones[0].ZoneName]", `["active","eu-west-1a"]`},
		{"autoscaling describe-auto-scaling-groups --query AutoScalingGroups[0].[AutoScalingGroupName,DesiredCapacity,length(Instances)]", `["web",6,6]`},
		{"cloudwatch get-metric-statistics --namespace Test --metric-name Latency --dimensions Name=LoadBalancer,Value=app/web/1" +
			" --period 60 --extended-statistics p50 --query length(Datapoints)" + window, `10`},
		{"ec2 describe-route-tables --filters Name=association.main,Values=true --query RouteTables[0].Routes[0].[GatewayId,State]", `["local","active"]`},
		{"ec2 describe-network-acls --query NetworkAcls[0].[IsDefault,length(Associations),Entries[0].RuleAction]", `[true,6,"allow"]`},
		{"ec2 describe-nat-gateways --filter Name=state,Values=available --query length(NatGateways)", `3`},
		{"ec2 describe-vpc-endpoints --filters Name=vpc-endpoint-type,Values=Gateway --query VpcEndpoints[0].[ServiceName,length(RouteTableIds)]", `["com.amazonaws.eu-west-1.s3",3]`},
		{"ec2 describe-managed-prefix-lists --query PrefixLists[0].OwnerId", `"AWS"`},
		{"ec2 describe-network-interfaces --filters Name=interface-type,Values=nat_gateway --query length(NetworkInterfaces)", `3`},
		{"ec2 delete-route-table --route-table-id rtb-0123456789abcdef0", `(InvalidRouteTableID.NotFound)`},
		{"ecs describe-task-definition --task-definition front --query taskDefinition.containerDefinitions[0].logConfiguration.logDriver", `"awslogs"`},
		{"ecs list-task-definition-families --query families", `["front","index"]`},
		{"logs describe-log-groups --log-group-name-prefix /ecs/f --query logGroups[].logGroupName", `["/ecs/front"]`},
		{"logs filter-log-events --log-group-name /ecs/front --filter-pattern npm --query length(events)", `0`},
		{`cloudwatch get-metric-data --metric-data-queries [{"Id":"a","MetricStat":{"Metric":{"Namespace":"N","MetricName":"M"},"Period":60,"Stat":"Sum"}}]` + window,
			`"StatusCode":"Complete"`},
		{"cloudwatch describe-alarms --query MetricAlarms[0].[AlarmName,Statistic]", `["few","Average"]`},
		{"route53resolver create-firewall-rule-group --creator-request-id r1 --name outage --query FirewallRuleGroup.[Name,RuleCount,Status]", `["outage",0,"COMPLETE"]`},
		{"route53resolver get-firewall-rule-group --firewall-rule-group-id none", `(ResourceNotFoundException)`},
		{`scheduler create-schedule --name late --schedule-expression at(2090-01-01T00:00:00) --flexible-time-window Mode=OFF --target` +
			` {"Arn":"arn:aws:scheduler:::aws-sdk:ec2:startInstances","RoleArn":"arn:aws:iam::123456789012:role/r","Input":"{\"InstanceIds\":[\"i-1\"]}"}`,
			`"arn:aws:scheduler:eu-west-1:123456789012:schedule/default/late"`},
		{"scheduler get-schedule --name none", `(ResourceNotFoundException)`},
		{"scheduler list-schedule-groups --query ScheduleGroups[0].[Name,State]", `["default","ACTIVE"]`},
		{"resourcegroupstaggingapi get-resources --tag-filters Key=tier,Values=critical --query ResourceTagMappingList[].Tags[].Value", `["critical"]`},
		{"cloudwatch set-alarm-state --alarm-name none --state-value OK --state-reason x", `(ResourceNotFound)`},
	} {
		t.Run(c.call, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), program, append(strings.Fields(c.call), "--output", "json", "--endpoint-url", *cfg.BaseEndpoint)...)
			command.Env = append(os.Environ(), "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1", "AWS_PAGER=",
				"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_CONFIG_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
			answer, err := command.CombinedOutput()
			var compact bytes.Buffer
			if json.Compact(&compact, answer) == nil {
				answer = compact.Bytes()
			}
			if !strings.Contains(string(answer), c.want) {
				t.Errorf("want %s, got %s (%v)", c.want, answer, err)
			}
		})
	}
}
