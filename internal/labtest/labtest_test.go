package labtest

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
)

func TestSomebodyElseWorksWhereNobodyCan(t *testing.T) {
	l, env := Start(t, lab.Options{})
	before := l.Snapshot()
	instance := l.World.Instances()[0].ID
	tags := &ec2.CreateTagsInput{Resources: []string{instance}, Tags: []ec2types.Tag{{Key: aws.String("mark"), Value: aws.String("made")}}}
	l.Intercept(wire.From(1, wire.Writes, wire.Refuse(protocol.Denied)))
	var refused smithy.APIError
	if _, err := ec2.NewFromConfig(env.AWS).CreateTags(t.Context(), tags); !errors.As(err, &refused) || refused.ErrorCode() != "UnauthorizedOperation" {
		t.Fatalf("want to be refused, got %v", err)
	}
	somebody := ec2.NewFromConfig(As(t, l, wire.OtherKey).AWS)
	if _, err := somebody.CreateTags(t.Context(), tags); err != nil {
		t.Fatal(err)
	}
	if differ := before.Diff(l.Snapshot()); len(differ) != 1 {
		t.Errorf("want one difference, got %q", differ)
	}
	_, err := somebody.DeleteTags(t.Context(), &ec2.DeleteTagsInput{Resources: []string{instance}, Tags: []ec2types.Tag{{Key: aws.String("mark")}}})
	if err != nil {
		t.Fatal(err)
	}
	Restored(t, l, before)
}
