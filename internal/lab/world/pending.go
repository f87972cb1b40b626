package world

// Account says whose account this is.
func (w *World) Account() Account { return Account{} }

// ---- EC2

// Instances returns every instance, terminated ones included while AWS would still show them.
func (w *World) Instances() []Instance { return nil }

// TerminateInstances begins the termination of all of ids, or of none.
// Codes: InvalidInstanceID.NotFound, InvalidInstanceID.Malformed, OperationNotPermitted.
func (w *World) TerminateInstances(ids []string) ([]StateChange, error) { return nil, nil }

// StopInstances begins to stop all of ids, or none; force skips the operating system's shutdown.
// Codes: as TerminateInstances, IncorrectInstanceState, UnsupportedOperation.
func (w *World) StopInstances(ids []string, force bool) ([]StateChange, error) { return nil, nil }

// StartInstances starts stopped instances. Codes: as TerminateInstances, IncorrectInstanceState.
func (w *World) StartInstances(ids []string) ([]StateChange, error) { return nil, nil }

// RebootInstances shuts the operating systems down and boots them again. The state stays Running.
func (w *World) RebootInstances(ids []string) error { return nil }

// The Check methods answer what the verb of the same name would, and change nothing: EC2's DryRun.
func (w *World) CheckTerminate(ids []string) error { return nil }
func (w *World) CheckStop(ids []string) error      { return nil }
func (w *World) CheckStart(ids []string) error     { return nil }
func (w *World) CheckReboot(ids []string) error    { return nil }

// SetTerminationProtection is ModifyInstanceAttribute's disableApiTermination; SetStopProtection its disableApiStop.
func (w *World) SetTerminationProtection(id string, on bool) error { return nil }
func (w *World) SetStopProtection(id string, on bool) error        { return nil }

// CreateTags sets tags on instances, subnets and VPCs. Code: InvalidID.
func (w *World) CreateTags(ids []string, tags map[string]string) error { return nil }

// DeleteTags removes tags by key.
func (w *World) DeleteTags(ids []string, keys []string) error { return nil }

// VPCs and Subnets return the networks of the account.
func (w *World) VPCs() []VPC       { return nil }
func (w *World) Subnets() []Subnet { return nil }

// ---- Auto Scaling

// Groups returns every Auto Scaling group with its members.
func (w *World) Groups() []Group { return nil }

// Activities returns a group's history, newest first. Code: ValidationError.
func (w *World) Activities(group string) ([]Activity, error) { return nil, nil }

// SetDesiredCapacity asks a group for n instances. Code: ValidationError.
func (w *World) SetDesiredCapacity(group string, n int) error { return nil }

// ResizeGroup changes a group's bounds (UpdateAutoScalingGroup); nil leaves one as it is. Code: ValidationError.
func (w *World) ResizeGroup(group string, minimum, maximum, desired *int) error { return nil }

// TerminateInGroup terminates a member; shrink lowers the desired capacity so that it is not replaced. Code: ValidationError.
func (w *World) TerminateInGroup(id string, shrink bool) (Activity, error) { return Activity{}, nil }

// ProtectFromScaleIn sets scale-in protection of members. Code: ValidationError.
func (w *World) ProtectFromScaleIn(group string, ids []string, on bool) error { return nil }

// SetInstanceHealth tells a member's group that it is "Healthy" or "Unhealthy". Code: ValidationError.
func (w *World) SetInstanceHealth(id, health string) error { return nil }

// SuspendProcesses and ResumeProcesses switch parts of a group off and on; no names means all. Code: ValidationError.
func (w *World) SuspendProcesses(group string, names []string) error { return nil }
func (w *World) ResumeProcesses(group string, names []string) error  { return nil }

// ---- ECS

// Clusters returns every cluster.
func (w *World) Clusters() []Cluster { return nil }

// CapacityProviders returns every capacity provider.
func (w *World) CapacityProviders() []CapacityProvider { return nil }

// The methods below take a cluster by name or ARN, "" for "default". Code: ClusterNotFoundException.

// ContainerInstances returns a cluster's container instances, without those that are INACTIVE.
func (w *World) ContainerInstances(cluster string) ([]ContainerInstance, error) { return nil, nil }

// Services returns a cluster's services.
func (w *World) Services(cluster string) ([]Service, error) { return nil, nil }

// Tasks returns a cluster's tasks, stopped ones included for an hour.
func (w *World) Tasks(cluster string) ([]Task, error) { return nil, nil }

// TaskDefinitions returns every revision of every family, oldest first.
func (w *World) TaskDefinitions() []TaskDefinition { return nil }

// TaskDefinition finds one by ARN, "family:revision" or "family" (its latest). Code: ClientException.
func (w *World) TaskDefinition(ref string) (TaskDefinition, error) { return TaskDefinition{}, nil }

// StopTask stops a task (id or ARN): SIGTERM, stop timeout, SIGKILL. Stopping a stopped task is fine.
// Codes: InvalidParameterException, ClusterNotFoundException.
func (w *World) StopTask(cluster, task, reason string) (Task, error) { return Task{}, nil }

// UpdateService changes a service (name or ARN). Codes: ServiceNotFoundException, ServiceNotActiveException, ClientException.
func (w *World) UpdateService(cluster, service string, change ServiceChange) (Service, error) {
	return Service{}, nil
}

// DrainContainerInstances sets container instances (id or ARN) to "DRAINING" or back to "ACTIVE". Code: InvalidParameterException.
func (w *World) DrainContainerInstances(cluster string, refs []string, status string) ([]ContainerInstance, error) {
	return nil, nil
}

// ---- Elastic Load Balancing v2

// LoadBalancers returns every load balancer with its listeners and rules.
func (w *World) LoadBalancers() []LoadBalancer { return nil }

// TargetGroups returns every target group.
func (w *World) TargetGroups() []TargetGroup { return nil }

// TargetHealth returns the targets of a target group by ARN. Code: TargetGroupNotFound.
func (w *World) TargetHealth(targetGroup string) ([]TargetHealth, error) { return nil, nil }

// RegisterTargets and DeregisterTargets change a target group's targets. Codes: TargetGroupNotFound, InvalidTarget.
func (w *World) RegisterTargets(targetGroup string, targets []Target) error   { return nil }
func (w *World) DeregisterTargets(targetGroup string, targets []Target) error { return nil }
