package topology

import (
	_ "embed" // for the built-in topology
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Builtin is the topology of a lab that nobody wrote a file for: a busy news-comment platform.
//
//go:embed builtin.hcl
var Builtin []byte

// BuiltinName is what diagnostics call the built-in topology.
const BuiltinName = "builtin.hcl"

// Load reads the topology in file, or the built-in one where file is "", and switches weaknesses on in the order given.
// The error is of type hcl.Diagnostics where the file is at fault, with every mistake in it.
func Load(file string, weaknesses []string) (*Topology, error) {
	source, name, err := Source(file)
	if err != nil {
		return nil, err
	}
	return Parse(source, name, weaknesses)
}

// ListWeaknesses lists what can be switched on in a file, or in the built-in topology where file is empty.
func ListWeaknesses(file string) ([]Weakness, error) {
	source, name, err := Source(file)
	if err != nil {
		return nil, err
	}
	return Weaknesses(source, name)
}

// Source reads file, or the built-in topology where it is "". Diagnostics call it by name.
func Source(file string) (source []byte, name string, err error) {
	if file == "" {
		return Builtin, BuiltinName, nil
	}
	source, err = os.ReadFile(file)
	return source, file, err
}

// Parse is Load for a source at hand.
func Parse(source []byte, name string, weaknesses []string) (*Topology, error) {
	body, diags := syntax(source, name)
	if diags.HasErrors() {
		return nil, diags
	}
	r := reader{topology: defaults()}
	r.own(body)
	r.read(body)
	r.weaken(body, weaknesses)
	r.check()
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	return r.topology, nil
}

func syntax(source []byte, name string) (*hclsyntax.Body, hcl.Diagnostics) {
	parsed, diags := hclsyntax.ParseConfig(source, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	return parsed.Body.(*hclsyntax.Body), nil
}

// reader reads blocks into a topology. A block whose name is known already overrides what it mentions, which is
// all there is to a weakness.
type reader struct {
	topology *Topology
	diags    hcl.Diagnostics
	blocks   []located
}

// located remembers where a thing was written, to point at when it turns out to be wrong.
type located struct {
	value any
	body  *hclsyntax.Body
	block hcl.Range
}

// own decodes the attributes that stand outside of any block.
func (r *reader) own(body *hclsyntax.Body) {
	outside := &hclsyntax.Body{Attributes: body.Attributes, SrcRange: body.SrcRange, EndRange: body.EndRange}
	r.diags = append(r.diags, gohcl.DecodeBody(outside, nil, &r.topology.Place)...)
	r.blocks = append(r.blocks, located{value: &r.topology.Place, body: outside, block: outside.SrcRange})
}

// read decodes every block of body but the weaknesses.
func (r *reader) read(body *hclsyntax.Body) {
	t := r.topology
	for _, block := range body.Blocks {
		switch block.Type {
		case "cloudwatch":
			r.unnamed(block, &t.CloudWatch)
		case "ecs":
			r.unnamed(block, &t.ECS)
		case "network":
			r.unnamed(block, &t.Network)
		case "auto_scaling_group":
			named(r, block, &t.Groups, defaultGroup, func(v *Group) string { return v.Name })
		case "cluster":
			named(r, block, &t.Clusters, defaultCluster, func(v *Cluster) string { return v.Name })
		case "load_balancer":
			named(r, block, &t.LoadBalancers, defaultLoadBalancer, func(v *LoadBalancer) string { return v.Name })
		case "third_party":
			named(r, block, &t.ThirdParties, defaultThirdParty, func(v *ThirdParty) string { return v.Name })
		case "service":
			named(r, block, &t.Services, defaultService, func(v *Service) string { return v.Name })
		case "alarm":
			named(r, block, &t.Alarms, defaultAlarm, func(v *Alarm) string { return v.Name })
		case "weakness":
		default:
			r.refuse(block.TypeRange, "Unknown block", "A topology has no "+quote(block.Type)+" blocks."+didYouMean(block.Type, blockTypes))
		}
	}
}

var blockTypes = []string{"cloudwatch", "ecs", "network", "auto_scaling_group", "cluster", "load_balancer", "third_party", "service", "alarm", "weakness"}

func (r *reader) unnamed(block *hclsyntax.Block, into any) {
	if len(block.Labels) > 0 {
		r.refuse(block.LabelRanges[0], "No name needed", "There is one "+quote(block.Type)+" block for the whole account.")
		return
	}
	r.decode(block, into)
}

func named[T any](r *reader, block *hclsyntax.Block, list *[]*T, fresh func(string) *T, nameOf func(*T) string) {
	if len(block.Labels) != 1 {
		r.refuse(block.DefRange(), "Name needed", "Write it like this: "+block.Type+" \"name\" { ... }")
		return
	}
	for _, known := range *list {
		if nameOf(known) == block.Labels[0] {
			r.decode(block, known)
			return
		}
	}
	made := fresh(block.Labels[0])
	*list = append(*list, made)
	r.decode(block, made)
}

func (r *reader) decode(block *hclsyntax.Block, into any) {
	diags := gohcl.DecodeBody(block.Body, nil, into)
	r.diags = append(r.diags, diags...)
	r.blocks = append(r.blocks, located{value: into, body: block.Body, block: block.DefRange()})
	if !diags.HasErrors() {
		r.diags = append(r.diags, checkQuantities(into, block.Body)...)
	}
}

func (r *reader) refuse(at hcl.Range, summary, detail string) {
	r.diags = append(r.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: at.Ptr()})
}
