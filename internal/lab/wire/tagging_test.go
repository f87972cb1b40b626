package wire_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	types "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedules "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gameday/internal/lab/wire"
)

// carriers are the resources that match, as "service:type", each as often as there is one.
func carriers(t *testing.T, client *tagging.Client, in *tagging.GetResourcesInput) []string {
	t.Helper()
	var all []string
	for pages := tagging.NewGetResourcesPaginator(client, in); pages.HasMorePages(); {
		for _, r := range must(pages.NextPage(t.Context()))(t).ResourceTagMappingList {
			parts := strings.SplitN(*r.ResourceARN, ":", 6)
			kind, _, _ := strings.Cut(parts[5], "/")
			all = append(all, parts[2]+":"+kind)
		}
	}
	slices.Sort(all)
	return all
}

func TestWhatARunHasTaggedIsFoundOverAllServices(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client, instances := tagging.NewFromConfig(cfg), ec2.NewFromConfig(cfg)
	run := &tagging.GetResourcesInput{TagFilters: []types.TagFilter{{Key: aws.String("gameday:run"), Values: []string{"r0", "r1"}}}, ResourcesPerPage: aws.Int32(2)}
	if got := carriers(t, client, run); len(got) != 0 {
		t.Errorf("found %q before anything was tagged", got)
	}
	f := block(t, cfg, "a.example") // its rule group carries the tag
	in := f.association()
	must(f.client.AssociateFirewallRuleGroup(t.Context(), in))(t)
	must(scheduler.NewFromConfig(cfg).CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{
		Name: aws.String("r1"), Tags: []schedules.Tag{{Key: aws.String("gameday:run"), Value: aws.String("r1")}},
	}))(t)
	must(instances.CreateTags(t.Context(), tag(anInstance(t, instances), "gameday:run", "r1")))(t)
	want := []string{"ec2:instance", "route53resolver:firewall-rule-group", "scheduler:schedule-group"}
	if got := carriers(t, client, run); !slices.Equal(got, want) {
		t.Errorf("found %q", got)
	}
	run.ResourceTypeFilters = []string{"ec2:instance", "scheduler"}
	if got := carriers(t, client, run); !slices.Equal(got, []string{"ec2:instance", "scheduler:schedule-group"}) {
		t.Errorf("of these types: %q", got)
	}
	run.TagFilters = append(run.TagFilters, types.TagFilter{Key: aws.String("chaos")})
	if got := carriers(t, client, run); !slices.Equal(got, []string{"ec2:instance"}) {
		t.Errorf("with both tags: %q", got)
	}
}

func TestTaggingFiltersAsAWSDocuments(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := tagging.NewFromConfig(cfg)
	got := carriers(t, client, &tagging.GetResourcesInput{ResourceTypeFilters: []string{"ec2:instance", "ecs", "elasticloadbalancing:loadbalancer"}})
	want := []string{"ec2:instance", "ec2:instance", "ec2:instance", "ec2:instance", "ec2:instance", "ec2:instance", "ecs:cluster", "ecs:service", "elasticloadbalancing:loadbalancer"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q", got)
	}
	if got := carriers(t, client, &tagging.GetResourcesInput{ResourceTypeFilters: []string{"ec2:inst"}}); len(got) != 0 {
		t.Errorf("found %q", got)
	}
	if got := carriers(t, client, &tagging.GetResourcesInput{TagFilters: []types.TagFilter{{Key: aws.String("chaos"), Values: []string{"forbidden"}}}}); len(got) != 0 {
		t.Errorf("found %q", got)
	}
	keys := must(client.GetTagKeys(t.Context(), nil))(t).TagKeys
	if !slices.Contains(keys, "chaos") || !slices.Contains(keys, "tier") {
		t.Errorf("got %q", keys)
	}
	values := must(client.GetTagValues(t.Context(), &tagging.GetTagValuesInput{Key: aws.String("team")}))(t).TagValues
	if !slices.Equal(values, []string{"news"}) {
		t.Errorf("got %q", values)
	}
	_, err := client.GetResources(t.Context(), &tagging.GetResourcesInput{ResourceARNList: []string{"x"}, ResourcesPerPage: aws.Int32(5)})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.GetResources(t.Context(), &tagging.GetResourcesInput{ResourcesPerPage: aws.Int32(101)})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.GetResources(t.Context(), &tagging.GetResourcesInput{PaginationToken: aws.String("none")})
	wantCode(t, err, "PaginationTokenExpiredException")
}
