package topology

// The defaults are AWS's own where AWS has one, and a small, quick service where it has none.

func defaults() *Topology {
	return &Topology{
		Place:      Place{Account: "123456789012", Region: "eu-west-1", Zones: []string{"a", "b", "c"}, CIDR: "10.0.0.0/16"},
		ECS:        ECS{AgentTimeout: "1s", DeregisterAfter: "1s", DescribeLag: "0s"},
		CloudWatch: CloudWatch{Resolution: "60s", Delay: "60s", Publish: true},
		Network: Network{
			NATGateways: NATPerZone, RouteTables: TablesPerZone, ConnectTimeout: "5s", GatewaySettles: "30s",
			Endpoints: []string{"s3", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs", "ssm", "sts"},
		},
	}
}

func defaultGroup(name string) *Group {
	return &Group{
		Name: name, InstanceType: "m7g.large", CPU: 2048, Memory: 7680,
		Max: 1 << 10, Boot: "30s", ReplaceAfter: "30s", GracePeriod: "0s",
		RootDevice: "ebs", ImagePull: "default",
	}
}

func defaultCluster(name string) *Cluster {
	return &Cluster{Name: name}
}

func defaultLoadBalancer(name string) *LoadBalancer {
	return &LoadBalancer{Name: name, Scheme: "internet-facing", IdleTimeout: "60s", ConnectTimeout: "10s"}
}

func defaultThirdParty(name string) *ThirdParty {
	return &ThirdParty{Name: name, Kind: "api", Latency: "5ms"}
}

func defaultService(name string) *Service {
	return &Service{
		Name: name, Launch: "EC2", Tasks: 1, CPU: 256, Memory: 512,
		TargetType:          "ip",
		DeregistrationDelay: "300s", Latency: "10ms", WhenFull: WhenFull503, Body: 512, Start: "500ms", StopTimeout: "30s",
		Health:     &HealthCheck{Path: "/health", Interval: "30s", Timeout: "5s", Healthy: 5, Unhealthy: 2},
		Deployment: &Deployment{MinimumHealthy: 100, Maximum: 200},
	}
}

// usualCooldown is AWS's for services of ECS.
const usualCooldown = "300s"

func defaultAlarm(name string) *Alarm {
	return &Alarm{
		Name: name, Statistic: "Average", Period: "60s", Periods: 1,
		Comparison: "GreaterThanThreshold", MissingData: "missing",
	}
}
