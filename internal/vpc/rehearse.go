package vpc

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"gameday/internal/cloud"
)

// rehearsal is a dry run of a call. What it needs that is not there yet, the original stands in for, so EC2 may have more to say
// than whether it would be permitted: in those words.
type rehearsal struct {
	action string
	call   func() error
	words  []string // AWS's codes
}

// Rehearse asks EC2 whether it would permit every call of Do and Undo.
func (t *TableSwap) Rehearse(ctx context.Context, env *cloud.Env) error {
	p := tablePart{t, env.RunID, ec2.NewFromConfig(env.AWS)}
	now, err := p.look(ctx)
	if err != nil || now.original == nil {
		return err
	}
	dry, id, link := aws.Bool(true), aws.String(t.Original), aws.String(now.link)
	if t.Main {
		link = aws.String(mainLink(now.original))
	}
	all := []rehearsal{
		{"CreateRouteTable", func() error { _, err := p.client.CreateRouteTable(ctx, p.creation(true)); return err }, nil},
		{"DeleteRouteTable", func() error {
			_, err := p.client.DeleteRouteTable(ctx, &ec2.DeleteRouteTableInput{RouteTableId: id, DryRun: dry})
			return err
		}, []string{"DependencyViolation", "InvalidParameterValue"}},
	}
	for _, r := range now.original.Routes {
		if leadsOut(r) {
			in := creation(id, r)
			in.DryRun = dry
			all = append(all, rehearsal{"CreateRoute", func() error { _, err := p.client.CreateRoute(ctx, in); return err }, []string{"RouteAlreadyExists"}})
			break
		}
	}
	if t.Main {
		all = append(all, rehearsal{"AssociateRouteTable", func() error {
			_, err := p.client.AssociateRouteTable(ctx, &ec2.AssociateRouteTableInput{RouteTableId: id, SubnetId: aws.String(t.Subnet), DryRun: dry})
			return err
		}, nil}, rehearsal{"DisassociateRouteTable", func() error {
			_, err := p.client.DisassociateRouteTable(ctx, &ec2.DisassociateRouteTableInput{AssociationId: link, DryRun: dry})
			return err
		}, []string{"InvalidParameterValue"}})
	} else {
		all = append(all, rehearsal{"ReplaceRouteTableAssociation", func() error {
			_, err := p.client.ReplaceRouteTableAssociation(ctx, &ec2.ReplaceRouteTableAssociationInput{RouteTableId: id, AssociationId: link, DryRun: dry})
			return err
		}, nil})
	}
	for _, e := range t.Endpoints {
		all = append(all, rehearsal{"ModifyVpcEndpoint", func() error {
			_, err := p.client.ModifyVpcEndpoint(ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String(e), AddRouteTableIds: []string{t.Original}, DryRun: dry})
			return err
		}, nil})
	}
	for _, v := range now.original.PropagatingVgws {
		all = append(all, rehearsal{"EnableVgwRoutePropagation", func() error {
			_, err := p.client.EnableVgwRoutePropagation(ctx, &ec2.EnableVgwRoutePropagationInput{RouteTableId: id, GatewayId: v.GatewayId, DryRun: dry})
			return err
		}, nil})
	}
	return rehearse(all)
}

// Rehearse asks EC2 whether it would permit every call of Do and Undo.
func (a *ACLSwap) Rehearse(ctx context.Context, env *cloud.Env) error {
	p := aclPart{a, env.RunID, ec2.NewFromConfig(env.AWS)}
	now, err := p.look(ctx)
	if err != nil || now.original == nil {
		return err
	}
	dry, id := aws.Bool(true), aws.String(a.Original)
	entry := a.Front[0].numbered(id, 1, true)
	entry.DryRun = dry
	return rehearse([]rehearsal{
		{"CreateNetworkAcl", func() error { _, err := p.client.CreateNetworkAcl(ctx, p.creation(true)); return err }, nil},
		{"CreateNetworkAclEntry", func() error { _, err := p.client.CreateNetworkAclEntry(ctx, entry); return err }, []string{"NetworkAclEntryAlreadyExists"}},
		{"ReplaceNetworkAclAssociation", func() error {
			_, err := p.client.ReplaceNetworkAclAssociation(ctx, &ec2.ReplaceNetworkAclAssociationInput{NetworkAclId: id, AssociationId: aws.String(now.link), DryRun: dry})
			return err
		}, nil},
		{"DeleteNetworkAcl", func() error {
			_, err := p.client.DeleteNetworkAcl(ctx, &ec2.DeleteNetworkAclInput{NetworkAclId: id, DryRun: dry})
			return err
		}, []string{"DependencyViolation", "InvalidParameterValue"}},
	})
}

func rehearse(all []rehearsal) error {
	for _, r := range all {
		if err := r.call(); code(err) != "DryRunOperation" && !slices.Contains(r.words, code(err)) {
			return fmt.Errorf("ec2:%s: %w", r.action, err)
		}
	}
	return nil
}

// Permissions are the IAM actions of Do, Undo and Insure.
func (t *TableSwap) Permissions() []string {
	all := append([]string{
		"ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateTags", "ec2:DeleteRouteTable", "ec2:DescribeRouteTables", "ec2:DescribeSubnets",
		"ec2:DescribeVpcEndpoints",
	}, t.Also...)
	if len(t.Endpoints) > 0 {
		all = append(all, "ec2:ModifyVpcEndpoint")
	}
	if t.Main {
		return append(all, "ec2:AssociateRouteTable", "ec2:DisassociateRouteTable")
	}
	return append(all, "ec2:ReplaceRouteTableAssociation")
}

// Permissions are the IAM actions of Do, Undo and Insure.
func (a *ACLSwap) Permissions() []string {
	return []string{
		"ec2:CreateNetworkAcl", "ec2:CreateNetworkAclEntry", "ec2:CreateTags", "ec2:DeleteNetworkAcl", "ec2:DescribeNetworkAcls", "ec2:DescribeSubnets",
		"ec2:ReplaceNetworkAclAssociation",
	}
}

// Permissions are the IAM actions of Read and ReadResidents, besides those of package inventory.
func Permissions() []string {
	return []string{
		"ec2:DescribeInstances", "ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
	}
}
