package world

import "time"

// Account says whose account this is and where.
type Account struct {
	ID     string // twelve digits
	Region string
	User   string // ARN of the caller that every request is taken for
}

// Error is a refusal that carries AWS's own error code, for the wire to put in the service's own form.
type Error struct {
	Code    string // "InvalidInstanceID.NotFound", "ClusterNotFoundException"
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// The states of an EC2 instance, by AWS's names.
const (
	Pending      = "pending"
	Running      = "running"
	ShuttingDown = "shutting-down"
	Terminated   = "terminated"
	Stopping     = "stopping"
	Stopped      = "stopped"
)

// Instance is an EC2 instance. Terminated ones stay visible for a while, as on AWS.
type Instance struct {
	ID                   string
	State                string // Pending, Running, ShuttingDown, Terminated, Stopping, Stopped
	StateReason          string // code, "Client.UserInitiatedShutdown"; empty while all is well
	StateReasonMessage   string
	TransitionReason     string // "User initiated (2026-11-23 10:00:00 GMT)"
	Type                 string // "m7g.large"
	ImageID              string
	Launched             time.Time
	Zone                 string
	VPCID                string
	SubnetID             string
	PrivateIP            string // empty once terminated
	PrivateDNS           string
	Lifecycle            string // "spot" or empty
	RootDevice           string // "ebs" or "instance-store"; the latter cannot be stopped
	TerminationProtected bool   // disableApiTermination
	StopProtected        bool   // disableApiStop
	Group                string // its Auto Scaling group, empty where it has none
	Tags                 map[string]string
}

// StateChange is what EC2 answers to a call that moves an instance from one state to another.
type StateChange struct {
	InstanceID        string
	Previous, Current string
}

// VPC is a private network.
type VPC struct {
	ID, CIDR string
	CIDR6    string // empty without IPv6
	Default  bool
	Tags     map[string]string
}

// Subnet is a zone's part of a VPC.
type Subnet struct {
	ID, VPCID, CIDR, Zone string
	CIDR6                 string // empty without IPv6
	ZoneID                string // "euw1-az1"
	Public                bool   // mapPublicIpOnLaunch
	Tags                  map[string]string
}

// Group is an Auto Scaling group.
type Group struct {
	Name, ARN             string
	Min, Max, Desired     int
	Cooldown              time.Duration
	HealthCheckType       string // "EC2" or "ELB"
	GracePeriod           time.Duration
	Zones                 []string
	SubnetIDs             []string
	LaunchTemplate        string // name; version is always 1
	LaunchTemplateID      string
	TargetGroupARNs       []string
	NewInstancesProtected bool // from scale in
	Suspended             []string
	Created               time.Time
	Tags                  map[string]string
	Members               []Member
}

// Member is an instance as its Auto Scaling group sees it.
type Member struct {
	InstanceID string
	Group      string
	Type       string
	Zone       string
	Lifecycle  string // "Pending", "InService", "Terminating", "Standby", "EnteringStandby"
	Health     string // "Healthy" or "Unhealthy"
	Protected  bool   // from scale in
}

// Activity is one line of an Auto Scaling group's history.
type Activity struct {
	ID, Group   string
	Status      string // "InProgress", "Successful", "WaitingForInstanceId", "Cancelled", "Failed"
	Description string
	Cause       string
	Started     time.Time
	Ended       time.Time // zero while under way
	Progress    int       // percent
}

// Cluster is an ECS cluster.
type Cluster struct {
	Name, ARN          string
	Status             string // "ACTIVE"
	CapacityProviders  []string
	ContainerInstances int
	RunningTasks       int
	PendingTasks       int
	ActiveServices     int
	Tags               map[string]string
}

// CapacityProvider ties an Auto Scaling group to ECS.
type CapacityProvider struct {
	Name, ARN         string
	GroupARN          string // empty for FARGATE
	Cluster           string
	ManagedScaling    bool
	ManagedProtection bool // managed termination protection: scale-in protection on instances with tasks
	ManagedDraining   bool
	TargetCapacity    int // percent
}

// ContainerInstance is an EC2 instance as its ECS cluster sees it.
type ContainerInstance struct {
	ARN              string
	Cluster          string // name
	InstanceID       string
	Status           string // "ACTIVE", "DRAINING", "INACTIVE" once deregistered
	AgentConnected   bool
	Registered       time.Time
	CPU, Memory      int // registered: CPU units, MiB
	FreeCPU          int
	FreeMemory       int
	RunningTasks     int
	PendingTasks     int
	CapacityProvider string
	Attributes       map[string]string // ecs.availability-zone, ecs.instance-type, and the topology's own
	Tags             map[string]string
	Version          int64
}

// TaskDefinition is a revision of a family.
type TaskDefinition struct {
	ARN                     string
	Family                  string
	Revision                int
	Status                  string // "ACTIVE", "INACTIVE"
	NetworkMode             string // "awsvpc" for ip targets, "bridge" for instance targets
	CPU, Memory             int
	Launch                  string // "EC2" or "FARGATE"
	Containers              []ContainerDefinition
	Volumes                 []Volume
	Created                 time.Time
	Deregistered            time.Time // zero while it is ACTIVE
	TaskRole, ExecutionRole string    // ARNs; nobody assumes them
	Tags                    map[string]string
}

// ContainerDefinition is a container of a task definition.
type ContainerDefinition struct {
	Name        string
	Image       string
	Command     []string
	CPU, Memory int
	Port        int // container port, 0 where it listens nowhere
	HostPort    int // 0 is dynamic in bridge mode
	StopTimeout time.Duration
	Environment map[string]string
	Mounts      map[string]string // volume name to path in the container
	LogGroup    string            // of the awslogs driver; empty where the container has none
	LogPrefix   string            // awslogs-stream-prefix
}

// The kinds of volumes.
const (
	VolumeEFS    = "efs"
	VolumeEBS    = "ebs"
	VolumeDocker = "docker"
	VolumeHost   = "host"
)

// Volume is a task definition's volume: something that makes a task stateful.
type Volume struct {
	Name string
	Kind string // VolumeEFS, VolumeEBS, VolumeDocker, VolumeHost
	ID   string // file system id for EFS, host path for a host volume, driver for docker
}

// Service is an ECS service.
type Service struct {
	Name, ARN            string
	Cluster              string // name
	ClusterARN           string
	Status               string // "ACTIVE"
	Launch               string // "EC2" or "FARGATE"
	Scheduling           string // "REPLICA" or "DAEMON"
	Desired              int
	Running, Pending     int
	TaskDefinition       string // ARN
	MinHealthy, MaxShare int    // percent of desired during a deployment
	CircuitBreaker       bool
	CircuitRollback      bool
	Threshold            int           // failed tasks that trip the circuit breaker
	GracePeriod          time.Duration // health checks are ignored for so long after a task starts
	PlacementConstraints []Placement
	PlacementStrategy    []Placement
	LoadBalancers        []ServiceLoadBalancer
	SubnetIDs            []string // awsvpc only
	Deployments          []Deployment
	Events               []ServiceEvent // newest first
	CapacityProvider     string
	Created              time.Time
	Tags                 map[string]string
}

// Placement is a placement constraint ("distinctInstance", "memberOf") or strategy ("spread", "binpack").
type Placement struct {
	Type  string
	Field string // expression of memberOf; field of a strategy
}

// ServiceLoadBalancer says which container of a service a target group sends to.
type ServiceLoadBalancer struct {
	TargetGroupARN string
	Container      string
	Port           int
}

// Deployment is one rollout of a service. The first in the list is the PRIMARY one.
type Deployment struct {
	ID             string // "ecs-svc/..."
	Status         string // "PRIMARY", "ACTIVE", "INACTIVE"
	TaskDefinition string // ARN
	Desired        int
	Running        int
	Pending        int
	Failed         int
	RolloutState   string // "IN_PROGRESS", "COMPLETED", "FAILED"
	RolloutReason  string
	RolledBack     bool // its service went back to an earlier one
	Created        time.Time
	Updated        time.Time
	Finished       time.Time // zero while it is under way
}

// ServiceEvent is a line of a service's history.
type ServiceEvent struct {
	ID      string
	At      time.Time
	Message string
}

// The states of an ECS task, by AWS's names and in the order of a task's life.
const (
	TaskProvisioning   = "PROVISIONING"
	TaskPending        = "PENDING"
	TaskActivating     = "ACTIVATING"
	TaskRunning        = "RUNNING"
	TaskDeactivating   = "DEACTIVATING"
	TaskStopping       = "STOPPING"
	TaskDeprovisioning = "DEPROVISIONING"
	TaskStopped        = "STOPPED"
)

// Task is an ECS task. Stopped ones stay visible for a while, as on AWS.
type Task struct {
	ID, ARN           string
	Cluster           string // name
	ClusterARN        string
	Service           string // name; empty for a task that no service owns
	Group             string // "service:name"
	StartedBy         string // the deployment's id
	TaskDefinition    string // ARN
	ContainerInstance string // ARN; empty on Fargate
	InstanceID        string // empty on Fargate
	Launch            string // "EC2" or "FARGATE"
	CapacityProvider  string
	Zone              string
	SubnetID          string
	PrivateIP         string // of its own network interface in awsvpc mode
	InterfaceID       string // "eni-...", awsvpc only
	AttachmentID      string // awsvpc only
	LastStatus        string
	DesiredStatus     string // "RUNNING" or "STOPPED"
	Health            string // "UNKNOWN", "HEALTHY", "UNHEALTHY"
	StopCode          string // "UserInitiated", "ServiceSchedulerInitiated", "EssentialContainerExited", "TerminationNotice", "TaskFailedToStart"
	StoppedReason     string
	CPU, Memory       int
	Created           time.Time
	PullStarted       time.Time // this and the following are zero until they happen
	PullStopped       time.Time
	Started           time.Time
	Stopping          time.Time
	ExecutionStopped  time.Time
	Stopped           time.Time
	Container         Container
	Version           int64
}

// Container is the one container of a task.
type Container struct {
	Name, ARN  string
	Image      string
	RuntimeID  string
	LastStatus string // "PENDING", "RUNNING", "STOPPED"
	ExitCode   *int   // nil while it runs, and where nobody could tell
	Reason     string
	Port       int // container port
	HostPort   int // bridge mode: the instance's port
	CPU        int
	Memory     int
}

// LoadBalancer is an Application Load Balancer. Its data plane is real: it listens on loopback.
type LoadBalancer struct {
	Name, ARN       string
	Dimension       string // the tail of the ARN, as CloudWatch wants it: "app/web/0123456789abcdef"
	DNSName         string // resolvable here and now: "127.0.0.1"
	Scheme          string // "internet-facing" or "internal"
	State           string // "active"
	VPCID           string
	Zones           map[string]string // zone to subnet
	IdleTimeout     time.Duration
	Created         time.Time
	Listeners       []Listener
	TargetGroupARNs []string
	Tags            map[string]string
}

// Listener is a port of a load balancer.
type Listener struct {
	ARN          string
	LoadBalancer string // ARN
	Port         int    // the real port on loopback
	Protocol     string // "HTTP"
	Rules        []Rule // in order of priority; the last one is the default
}

// Rule says what a listener does with a request.
type Rule struct {
	ARN         string
	Priority    int // 0 for the default rule
	Paths       []string
	TargetGroup string // ARN; empty where the rule answers by itself
	FixedStatus int    // of a fixed response
	FixedBody   string
}

// TargetGroup is a set of targets and how their health is checked.
type TargetGroup struct {
	Name, ARN           string
	Dimension           string // "targetgroup/conversations/0123456789abcdef"
	TargetType          string // "ip" or "instance"
	Protocol            string // "HTTP"
	Port                int
	VPCID               string
	LoadBalancers       []string // ARNs
	HealthPath          string
	HealthInterval      time.Duration
	HealthTimeout       time.Duration
	HealthyThreshold    int
	UnhealthyThreshold  int
	Matcher             string // "200-399"
	DeregistrationDelay time.Duration
	Tags                map[string]string
}

// TargetHealth is one target of a target group.
type TargetHealth struct {
	ID          string // private IP or instance id
	Port        int
	Zone        string
	State       string // "initial", "healthy", "unhealthy", "draining", "unused", "unavailable"
	Reason      string // "Target.FailedHealthChecks"; empty when healthy
	Description string
}

// Target names a target to register or deregister. Port 0 is the target group's own.
type Target struct {
	ID   string
	Port int
	Zone string // for ip targets outside the subnets; may be empty
}

// Scaling is what Application Auto Scaling knows of a service: that it may scale it, by which policy, and what has come of it.
type Scaling struct {
	ResourceID       string // "service/web/comments"
	TargetARN        string
	RoleARN          string
	Min, Max         int
	Suspended        bool
	PolicyName       string
	PolicyARN        string
	Metric           string  // MetricRequests or MetricCPU
	Target           float64 // requests a minute for each target, or percent
	ResourceLabel    string  // "app/web/0123456789abcdef/targetgroup/comments/0123456789abcdef"; empty for MetricCPU
	ScaleOutCooldown time.Duration
	ScaleInCooldown  time.Duration
	Created          time.Time
	Activities       []ScalingActivity // the newest first
}

// The metrics that a service may be scaled by, by AWS's names.
const (
	MetricRequests = "ALBRequestCountPerTarget"
	MetricCPU      = "ECSServiceAverageCPUUtilization"
)

// ScalingActivity is one change of a service's desired count by Application Auto Scaling.
type ScalingActivity struct {
	ID          string
	At          time.Time
	Description string
	Cause       string
}

// ServiceChange is what UpdateService is asked to change. Nil leaves things as they are.
type ServiceChange struct {
	Desired        *int
	TaskDefinition *string // ARN, family or family:revision
	MinHealthy     *int
	MaxShare       *int
	CircuitBreaker *bool
	Rollback       *bool // of the circuit breaker
	Force          bool  // a new deployment even if nothing else changes
}
