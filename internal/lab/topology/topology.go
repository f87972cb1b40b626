// Package topology is the lab's account as its author wrote it: an HCL file of clusters, groups, services and load balancers.
//
// The structs that carry the hcl tags are the topology; there is no second form. A weakness is a named block of
// overrides, written in the same words as the thing that it weakens:
//
//	service "conversations" { tasks = 6 ... }
//
//	weakness "single_task" {
//	  description = "..."
//	  service "conversations" { tasks = 1 }
//	}
package topology

import "gameday/internal/attr"

// Topology is an account, defaults filled in, references checked.
type Topology struct {
	Place
	ECS           ECS
	CloudWatch    CloudWatch
	Network       Network
	Groups        []*Group
	Clusters      []*Cluster
	LoadBalancers []*LoadBalancer
	ThirdParties  []*ThirdParty
	Services      []*Service
	Alarms        []*Alarm
}

// Place says which account this is, and where. Its attributes stand outside of any block.
type Place struct {
	Account string   `hcl:"account,optional"` // twelve digits
	Region  string   `hcl:"region,optional"`
	Zones   []string `hcl:"zones,optional"` // letters: ["a", "b", "c"]
	CIDR    string   `hcl:"cidr,optional"`  // the VPC's /16; every zone gets a public and a private /20 of it
}

// CloudWatch says how metrics become visible.
type CloudWatch struct {
	Resolution attr.Duration `hcl:"resolution,optional"` // width of the finest period; AWS's is 60s for load balancers
	Delay      attr.Duration `hcl:"delay,optional"`      // between a period's end and its visibility
	Publish    bool          `hcl:"publish,optional"`    // false: nothing ever arrives
}

// ECS holds the timings of the container service's own bookkeeping, none of which AWS documents.
type ECS struct {
	AgentTimeout    attr.Duration `hcl:"agent_timeout,optional"`    // from an agent's death to agentConnected=false
	DeregisterAfter attr.Duration `hcl:"deregister_after,optional"` // from an instance's termination to its leaving the cluster
	DescribeLag     attr.Duration `hcl:"describe_lag,optional"`     // EC2 describes show instance states so much late
}

// Network says how the private subnets get out of the VPC.
type Network struct {
	NATGateways    string        `hcl:"nat_gateways,optional"`    // NATPerZone, NATShared or NATNone
	RouteTables    string        `hcl:"route_tables,optional"`    // TablesPerZone, or TablesMain: the private subnets have none of their own
	Endpoints      []string      `hcl:"endpoints,optional"`       // the VPC endpoints, by service: "s3", "ecr.api"
	IPv6           bool          `hcl:"ipv6,optional"`            // ranges and routes; third parties have IPv4 addresses only
	ConnectTimeout attr.Duration `hcl:"connect_timeout,optional"` // a connection whose packets get lost fails after so much
	GatewaySettles attr.Duration `hcl:"gateway_settles,optional"` // a NAT gateway takes so long to come and to go
}

// The words for Network.NATGateways and Network.RouteTables.
const (
	NATPerZone    = "zone"
	NATShared     = "one"
	NATNone       = "none"
	TablesPerZone = "zone"
	TablesMain    = "main"
)

// Endpoints are the services that a VPC may have endpoints for.
var Endpoints = []string{"s3", "dynamodb", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs", "ssm", "sts"}

// Group is an Auto Scaling group of instances, all alike.
type Group struct {
	Name         string        `hcl:"name,label"`
	InstanceType string        `hcl:"instance_type,optional"`
	CPU          int           `hcl:"cpu,optional"`        // CPU units that an instance offers to tasks; 1024 is one vCPU
	Memory       int           `hcl:"memory,optional"`     // MiB
	OpenFiles    int           `hcl:"open_files,optional"` // that all programs on an instance may have open together; 0 is no limit
	Min          int           `hcl:"min,optional"`
	Max          int           `hcl:"max,optional"`
	Desired      int           `hcl:"desired,optional"`
	Boot         attr.Duration `hcl:"boot,optional"`          // from launch to the agent's registration
	ReplaceAfter attr.Duration `hcl:"replace_after,optional"` // from an instance's end to the launch of another
	GracePeriod  attr.Duration `hcl:"health_check_grace_period,optional"`

	Cluster          string            `hcl:"cluster,optional"`             // that its instances join
	ImagePull        string            `hcl:"image_pull_behavior,optional"` // ECS_IMAGE_PULL_BEHAVIOR of its agents
	Attributes       map[string]string `hcl:"attributes,optional"`          // of its container instances, for placement
	Tags             map[string]string `hcl:"tags,optional"`
	Spot             bool              `hcl:"spot,optional"`
	RootDevice       string            `hcl:"root_device,optional"` // "ebs" or "instance-store"
	TerminationGuard bool              `hcl:"termination_protection,optional"`
	StopGuard        bool              `hcl:"stop_protection,optional"`
	ScaleInGuard     bool              `hcl:"scale_in_protection,optional"`
	Suspended        []string          `hcl:"suspended_processes,optional"`
}

// Cluster is an ECS cluster. Each group that joins it is a capacity provider of the group's name.
type Cluster struct {
	Name              string            `hcl:"name,label"`
	ManagedScaling    bool              `hcl:"managed_scaling,optional"` // shown, not acted on
	ManagedProtection bool              `hcl:"managed_termination_protection,optional"`
	Tags              map[string]string `hcl:"tags,optional"`
}

// LoadBalancer is an Application Load Balancer with one HTTP listener.
type LoadBalancer struct {
	Name           string            `hcl:"name,label"`
	Scheme         string            `hcl:"scheme,optional"`          // "internet-facing" or "internal"
	Port           int               `hcl:"port,optional"`            // on loopback; 0 takes a free one
	IdleTimeout    attr.Duration     `hcl:"idle_timeout,optional"`    // a target silent for so long is a 504
	ConnectTimeout attr.Duration     `hcl:"connect_timeout,optional"` // AWS's is 10s and cannot be changed
	Tags           map[string]string `hcl:"tags,optional"`
}

// ThirdParty is a host in the internet that services depend on.
type ThirdParty struct {
	Name    string        `hcl:"name,label"`
	Host    string        `hcl:"host"`
	Kind    string        `hcl:"kind,optional"`    // "registry", "npm", "rubygems" or "api"
	Address string        `hcl:"address,optional"` // IPv4; one of 203.0.113.0/24 where it has none
	Latency attr.Duration `hcl:"latency,optional"`
}

// Service is an ECS service, its task definition, its target group and how its program behaves.
type Service struct {
	Name    string            `hcl:"name,label"`
	Cluster string            `hcl:"cluster,optional"`
	Launch  string            `hcl:"launch_type,optional"` // "EC2" or "FARGATE"
	Daemon  bool              `hcl:"daemon,optional"`      // one task on every instance
	Tasks   int               `hcl:"tasks,optional"`
	CPU     int               `hcl:"cpu,optional"`
	Memory  int               `hcl:"memory,optional"`
	Image   string            `hcl:"image,optional"` // from the account's own registry where there is none
	Tags    map[string]string `hcl:"tags,optional"`

	DistinctInstances bool   `hcl:"distinct_instances,optional"`
	Constraint        string `hcl:"constraint,optional"` // "attribute:role == search"
	Spread            string `hcl:"spread,optional"`     // "zone" or "instance"

	LoadBalancer        string        `hcl:"load_balancer,optional"` // none: not reached through a load balancer
	Path                string        `hcl:"path,optional"`          // "/comments*"
	TargetType          string        `hcl:"target_type,optional"`   // "ip" or "instance"
	DeregistrationDelay attr.Duration `hcl:"deregistration_delay,optional"`
	GracePeriod         attr.Duration `hcl:"health_check_grace_period,optional"`

	Command     []string      `hcl:"command,optional"` // a real process instead of the built-in server; ${port} and {port} are its port
	Latency     attr.Duration `hcl:"latency,optional"`
	Jitter      attr.Duration `hcl:"jitter,optional"` // latency varies by up to so much either way
	TailLatency attr.Duration `hcl:"tail_latency,optional"`
	TailShare   attr.Share    `hcl:"tail_share,optional"`  // of requests that take tail_latency
	ErrorShare  attr.Share    `hcl:"error_share,optional"` // of requests that are answered 500
	Workers     int           `hcl:"workers,optional"`     // requests at a time; 0 is no limit
	Queue       int           `hcl:"queue,optional"`       // requests that wait for a worker, at most; 0 is no limit
	WhenFull    string        `hcl:"when_full,optional"`   // what becomes of a request too many: WhenFull503 or WhenFullReset
	Upstreams   int           `hcl:"upstreams,optional"`   // connections that a request holds while it is served, beside its own: to databases, caches
	Body        int           `hcl:"body,optional"`        // bytes of an answer
	Start       attr.Duration `hcl:"start,optional"`       // from placement to a listening server
	Drain       attr.Duration `hcl:"drain,optional"`       // after SIGTERM it fails its health check and serves on for so long
	StopTimeout attr.Duration `hcl:"stop_timeout,optional"`

	Fetches []string `hcl:"fetches,optional"` // packages that every task installs when it starts: "npm:express", by third party
	Calls   []*Call  `hcl:"call,block"`

	Health     *HealthCheck `hcl:"health_check,block"`
	Deployment *Deployment  `hcl:"deployment,block"`
	Scaling    *AutoScaling `hcl:"auto_scaling,block"` // nil where the number of tasks stays as it is
	Volumes    []*Volume    `hcl:"volume,block"`
}

// The words for Service.WhenFull: what a proxy or an application server answers, and what a server whose listen backlog overflows does.
const (
	WhenFull503   = "503"
	WhenFullReset = "reset"
)

// Call is a service's use of a third party while it runs.
type Call struct {
	ThirdParty string        `hcl:"third_party,label"`
	Live       bool          `hcl:"live,optional"`    // every request waits for it, and fails with it; else it is asked now and then, and nobody minds
	Timeout    attr.Duration `hcl:"timeout,optional"` // given up after so long
	Every      attr.Duration `hcl:"every,optional"`   // how often, where it is not live
}

// HealthCheck is a target group's.
type HealthCheck struct {
	Path      string        `hcl:"path,optional"`
	Interval  attr.Duration `hcl:"interval,optional"`
	Timeout   attr.Duration `hcl:"timeout,optional"`
	Healthy   int           `hcl:"healthy,optional"`
	Unhealthy int           `hcl:"unhealthy,optional"`
}

// Deployment says how a service rolls.
type Deployment struct {
	MinimumHealthy int  `hcl:"minimum_healthy_percent,optional"`
	Maximum        int  `hcl:"maximum_percent,optional"`
	CircuitBreaker bool `hcl:"circuit_breaker,optional"`
	Rollback       bool `hcl:"rollback,optional"`
}

// AutoScaling has Application Auto Scaling fit the number of tasks to the load, by tracking one target.
type AutoScaling struct {
	Min              int           `hcl:"min,optional"`
	Max              int           `hcl:"max,optional"`
	TargetRequests   int           `hcl:"target_requests_per_target,optional"` // a minute, as AWS counts them
	TargetCPU        attr.Share    `hcl:"target_cpu,optional"`                 // of the service's average
	ScaleOutCooldown attr.Duration `hcl:"scale_out_cooldown,optional"`
	ScaleInCooldown  attr.Duration `hcl:"scale_in_cooldown,optional"`
	Suspended        bool          `hcl:"suspended,optional"` // it is there and does nothing
}

// Volume makes a task stateful.
type Volume struct {
	Name string `hcl:"name,label"`
	Kind string `hcl:"kind"` // "efs", "ebs", "docker" or "host"
	Path string `hcl:"path,optional"`
}

// Alarm is a CloudWatch threshold alarm on one metric.
type Alarm struct {
	Name         string            `hcl:"name,label"`
	Description  string            `hcl:"description,optional"`
	Namespace    string            `hcl:"namespace"`
	Metric       string            `hcl:"metric"`
	Statistic    string            `hcl:"statistic,optional"`     // "Sum", "Average", "p99"
	LoadBalancer string            `hcl:"load_balancer,optional"` // these three become the dimensions
	TargetGroup  string            `hcl:"target_group,optional"`  // a service's name
	Service      string            `hcl:"service,optional"`
	Dimensions   map[string]string `hcl:"dimensions,optional"` // and these are added to them
	Period       attr.Duration     `hcl:"period,optional"`
	Periods      int               `hcl:"evaluation_periods,optional"`
	ToAlarm      int               `hcl:"datapoints_to_alarm,optional"`
	Comparison   string            `hcl:"comparison,optional"` // "GreaterThanThreshold" and its three sisters
	Threshold    float64           `hcl:"threshold"`
	MissingData  string            `hcl:"treat_missing_data,optional"` // "missing", "notBreaching", "breaching", "ignore"
}

// Weakness is a named set of overrides.
type Weakness struct {
	Name        string
	Description string
}
