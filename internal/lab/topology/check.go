package topology

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
)

// checkQuantities checks every duration and share that body gave to the struct that into points to.
func checkQuantities(into any, body *hclsyntax.Body) hcl.Diagnostics {
	var diags hcl.Diagnostics
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		name, kind, _ := strings.Cut(v.Type().Field(i).Tag.Get("hcl"), ",")
		if kind == "block" && v.Field(i).Kind() == reflect.Pointer {
			for _, block := range body.Blocks {
				if block.Type == name {
					diags = append(diags, checkQuantities(v.Field(i).Interface(), block.Body)...)
				}
			}
		}
		if kind == "block" && v.Field(i).Kind() == reflect.Slice {
			diags = append(diags, checkEach(v.Field(i), name, body)...)
		}
		checked, is := v.Field(i).Interface().(attr.Checked)
		given, present := body.Attributes[name]
		if !is || !present {
			continue
		}
		if err := checked.Check(); err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Unsuitable value", Detail: "The value of " + quote(name) + ": " + err.Error() + ".",
				Subject: given.Expr.Range().Ptr(),
			})
		}
	}
	return diags
}

// checkEach is checkQuantities for blocks that there may be many of. Where the last body to mention them had fewer than the list, it is
// not the one that gave them.
func checkEach(list reflect.Value, name string, body *hclsyntax.Body) hcl.Diagnostics {
	var diags hcl.Diagnostics
	n := 0
	for _, block := range body.Blocks {
		if block.Type == name && n < list.Len() {
			diags = append(diags, checkQuantities(list.Index(n).Interface(), block.Body)...)
			n++
		}
	}
	return diags
}

// check looks at what types cannot express: references and sets of words.
func (r *reader) check() {
	t := r.topology
	clusters := namesOf(t.Clusters, func(v *Cluster) string { return v.Name })
	balancers := namesOf(t.LoadBalancers, func(v *LoadBalancer) string { return v.Name })
	services := namesOf(t.Services, func(v *Service) string { return v.Name })
	r.checkPlace()
	r.checkNetwork()
	for _, g := range t.Groups {
		r.known(g, "cluster", g.Cluster, clusters)
		r.known(g, "root_device", g.RootDevice, []string{"ebs", "instance-store"})
		r.known(g, "image_pull_behavior", g.ImagePull, []string{"default", "always", "once", "prefer-cached"})
		r.atLeast(g, "open_files", g.OpenFiles, 0)
		r.atLeast(g, "min", g.Min, 0)
		r.atLeast(g, "desired", g.Desired, g.Min)
		r.atLeast(g, "max", g.Max, g.Desired)
		for _, p := range g.Suspended {
			r.known(g, "suspended_processes", p, Processes)
		}
	}
	for _, p := range t.ThirdParties {
		r.known(p, "kind", p.Kind, []string{"registry", "npm", "rubygems", "api"})
		if a, err := netip.ParseAddr(p.Address); p.Address != "" && (err != nil || !a.Is4()) {
			r.fault(p, "address", fmt.Sprintf("%q is no IPv4 address, like \"203.0.113.10\"", p.Address))
		}
	}
	for _, s := range t.Services {
		r.checkService(s, clusters, balancers)
		r.checkDependencies(s)
	}
	for _, b := range t.LoadBalancers {
		r.known(b, "scheme", b.Scheme, []string{"internet-facing", "internal"})
	}
	for _, a := range t.Alarms {
		r.known(a, "load_balancer", a.LoadBalancer, balancers)
		r.known(a, "target_group", a.TargetGroup, services)
		r.known(a, "service", a.Service, services)
		r.known(a, "comparison", a.Comparison, []string{
			"GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
		})
		r.known(a, "treat_missing_data", a.MissingData, []string{"missing", "notBreaching", "breaching", "ignore"})
		r.atLeast(a, "evaluation_periods", a.Periods, 1)
	}
	if nothing(t.CloudWatch.Resolution) {
		r.fault(&t.CloudWatch, "resolution", "metrics need a resolution above zero, like \"1s\"")
	}
}

// Processes are the parts of an Auto Scaling group that can be suspended.
var Processes = []string{
	"Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification", "AZRebalance",
	"HealthCheck", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions",
}

func (r *reader) checkPlace() {
	p := &r.topology.Place
	if !regexp.MustCompile(`^\d{12}$`).MatchString(p.Account) {
		r.fault(p, "account", "an AWS account is named by twelve digits, like \"123456789012\"")
	}
	if len(p.Zones) == 0 || len(p.Zones) > 6 {
		r.fault(p, "zones", "an account has one to six zones, by letter: [\"a\", \"b\", \"c\"]")
	}
	if prefix, err := netip.ParsePrefix(p.CIDR); err != nil || !prefix.Addr().Is4() || prefix.Bits() != 16 {
		r.fault(p, "cidr", "the VPC is an IPv4 /16, like \"10.0.0.0/16\"")
	}
}

func (r *reader) checkNetwork() {
	n := &r.topology.Network
	r.known(n, "nat_gateways", n.NATGateways, []string{NATPerZone, NATShared, NATNone})
	r.known(n, "route_tables", n.RouteTables, []string{TablesPerZone, TablesMain})
	for _, e := range n.Endpoints {
		r.known(n, "endpoints", e, Endpoints)
	}
	if nothing(n.ConnectTimeout) {
		r.fault(n, "connect_timeout", "packets that get lost are given up some time, like \"1s\"")
	}
}

func (r *reader) checkService(s *Service, clusters, balancers []string) {
	if s.Cluster == "" && len(clusters) == 1 {
		s.Cluster = clusters[0]
	}
	if s.Cluster == "" {
		r.fault(s, "cluster", fmt.Sprintf("service %q needs a cluster", s.Name))
	}
	r.known(s, "cluster", s.Cluster, clusters)
	r.known(s, "load_balancer", s.LoadBalancer, balancers)
	r.known(s, "launch_type", s.Launch, []string{"EC2", "FARGATE"})
	r.known(s, "target_type", s.TargetType, []string{"ip", "instance"})
	r.known(s, "spread", s.Spread, []string{"zone", "instance"})
	r.atLeast(s, "tasks", s.Tasks, 0)
	r.atLeast(s, "workers", s.Workers, 0)
	r.atLeast(s, "queue", s.Queue, 0)
	r.atLeast(s, "upstreams", s.Upstreams, 0)
	r.known(s, "when_full", s.WhenFull, []string{WhenFull503, WhenFullReset})
	r.atLeast(s, "body", s.Body, 0)
	if s.Image == "" {
		s.Image = fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s:1", r.topology.Account, r.topology.Region, s.Name)
	}
	if s.LoadBalancer != "" && s.Path == "" {
		s.Path = "/*"
	}
	if s.Constraint != "" && !Constraint.MatchString(s.Constraint) {
		r.fault(s, "constraint", "a constraint is written like \"attribute:role == search\"")
	}
	if s.Launch == "FARGATE" && (s.TargetType != "ip" || s.Daemon || s.DistinctInstances || s.Constraint != "") {
		r.fault(s, "launch_type", "a Fargate service has ip targets, is no daemon, and knows no instances to be placed on")
	}
	for _, v := range s.Volumes {
		r.known(s, "volume", v.Kind, []string{"efs", "ebs", "docker", "host"})
	}
	if s.Scaling != nil {
		r.checkScaling(s)
	}
	r.atLeast(s, "health_check", s.Health.Healthy, 1)
	r.atLeast(s, "health_check", s.Health.Unhealthy, 1)
	if nothing(s.Health.Interval) || nothing(s.Health.Timeout) {
		r.fault(s, "health_check", "a health check needs an interval and a timeout above zero")
	}
}

func (r *reader) checkScaling(s *Service) {
	a := s.Scaling
	if a.ScaleOutCooldown == "" {
		a.ScaleOutCooldown = usualCooldown
	}
	if a.ScaleInCooldown == "" {
		a.ScaleInCooldown = usualCooldown
	}
	switch byRequests := a.TargetRequests > 0; {
	case s.Daemon:
		r.fault(s, "auto_scaling", "a daemon has one task on every instance, and no number to be scaled")
	case a.Min < 0 || a.Min > s.Tasks || s.Tasks > a.Max:
		r.fault(s, "auto_scaling", fmt.Sprintf("min and max have to have the %d tasks of the service between them, not %d and %d", s.Tasks, a.Min, a.Max))
	case byRequests == (a.TargetCPU.Ratio() > 0):
		r.fault(s, "auto_scaling", "it needs one target: target_requests_per_target (a minute) or target_cpu, like \"60%\"")
	case byRequests && s.LoadBalancer == "":
		r.fault(s, "auto_scaling", "without a load balancer nobody counts requests: use target_cpu")
	}
}

func (r *reader) checkDependencies(s *Service) {
	known := namesOf(r.topology.ThirdParties, func(v *ThirdParty) string { return v.Name })
	for _, f := range s.Fetches {
		party, pkg, ok := strings.Cut(f, ":")
		r.known(s, "fetches", party, known)
		if !ok || pkg == "" {
			r.fault(s, "fetches", fmt.Sprintf("%q needs a third party and a package, like \"npm:express\"", f))
		}
	}
	for _, c := range s.Calls {
		if !slices.Contains(known, c.ThirdParty) {
			r.fault(s, "call", fmt.Sprintf("%q is no third party.%s Possible: %s", c.ThirdParty, didYouMean(c.ThirdParty, known), strings.Join(known, ", ")))
		}
		if c.Timeout == "" {
			c.Timeout = "1s"
		}
		if c.Every == "" {
			c.Every = "1s"
		}
		if len(s.Command) > 0 && c.Live {
			r.fault(s, "call", "a command of your own makes its own calls: only the built-in program can be live")
		}
	}
}

// Constraint is the part of ECS's cluster query language that the lab understands.
var Constraint = regexp.MustCompile(`^attribute:([A-Za-z0-9._-]+)\s*(==|!=)\s*([A-Za-z0-9._-]+)$`)

// nothing reports whether d is zero. Of what is no duration that has been said already.
func nothing(d attr.Duration) bool { return d.Check() == nil && d.Std() <= 0 }

func (r *reader) known(thing any, attribute, given string, known []string) {
	if given == "" || slices.Contains(known, given) {
		return
	}
	r.fault(thing, attribute, fmt.Sprintf("%q is not known here.%s Possible: %s", given, didYouMean(given, known), strings.Join(known, ", ")))
}

func (r *reader) atLeast(thing any, attribute string, given, least int) {
	if given < least {
		r.fault(thing, attribute, fmt.Sprintf("%d is too little: at least %d", given, least))
	}
}

// fault points at the last place that gave the attribute to thing, or at thing itself.
func (r *reader) fault(thing any, attribute, detail string) {
	var at hcl.Range
	for _, l := range r.blocks {
		if l.value != thing {
			continue
		}
		if at.Empty() {
			at = l.block
		}
		if given, present := l.body.Attributes[attribute]; present {
			at = given.Expr.Range()
		}
	}
	r.refuse(at, "Unsuitable value of "+attribute, strings.ToUpper(detail[:1])+detail[1:]+".")
}

func namesOf[T any](list []T, name func(T) string) []string {
	var names []string
	for _, v := range list {
		names = append(names, name(v))
	}
	return names
}
