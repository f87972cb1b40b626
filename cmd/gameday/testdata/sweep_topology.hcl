# An account that is small and quick, for sweeps that need hundreds of them.

zones = ["a", "b", "c"]

cloudwatch {
  resolution = "1s"
  delay      = "0s"
}

ecs {
  agent_timeout    = "500ms"
  deregister_after = "500ms"
}

network {
  connect_timeout = "100ms"
  gateway_settles = "50ms"
}

third_party "news" {
  host = "news.example"
}

cluster "web" {}

auto_scaling_group "web" {
  cluster             = "web"
  cpu                 = 1024
  memory              = 2048
  min                 = 1
  desired             = 2
  max                 = 3
  boot                = "400ms"
  suspended_processes = ["Launch", "HealthCheck", "ReplaceUnhealthy"]
  tags                = { chaos = "allowed" }
}

load_balancer "web" {}

service "hello" {
  tasks                = 2
  spread               = "instance"
  distinct_instances   = true
  cpu                  = 128
  memory               = 128
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/hello:1"
  load_balancer        = "web"
  path                 = "/*"
  latency              = "1ms"
  start                = "50ms"
  drain                = "100ms"
  deregistration_delay = "200ms"

  health_check {
    interval  = "200ms"
    timeout   = "1s"
    healthy   = 1
    unhealthy = 2
  }
}

service "jobs" {
  launch_type = "FARGATE"
  tasks       = 1
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/jobs:1"
  start       = "50ms"
}
