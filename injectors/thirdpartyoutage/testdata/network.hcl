# Two zones, each with a private subnet behind a NAT gateway of its own, and somebody to talk to outside.

zones = ["a", "b"]

network {
  endpoints       = ["s3", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry"]
  connect_timeout = "100ms"
  gateway_settles = "50ms"
}

ecs {
  agent_timeout    = "500ms"
  deregister_after = "500ms"
}

cluster "web" {}

auto_scaling_group "web" {
  cluster = "web"
  cpu     = 1024
  memory  = 2048
  desired = 2
  max     = 2
  boot    = "400ms"
}

load_balancer "web" {}

third_party "news" {
  host    = "api.news.example"
  address = "203.0.113.10"
}

third_party "weather" {
  host    = "weather.example"
  address = "203.0.113.200"
}

service "front" {
  tasks                = 2
  spread               = "zone"
  cpu                  = 128
  memory               = 128
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/front:1"
  load_balancer        = "web"
  path                 = "/*"
  latency              = "1ms"
  start                = "50ms"
  deregistration_delay = "200ms"

  health_check {
    interval  = "200ms"
    timeout   = "1s"
    healthy   = 1
    unhealthy = 3
  }
}

service "back" {
  launch_type = "FARGATE"
  tasks       = 1
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/back:1"
  start       = "50ms"
}

weakness "lag" {
  description = "describes show what was so a moment ago"
  ecs {
    describe_lag = "100ms"
  }
}
