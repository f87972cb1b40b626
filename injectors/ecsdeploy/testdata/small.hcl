# Services of every sort that ecs_deploy has to tell apart, in timings that tests can wait for. Tests fill in the capitals.

account = "123456789012"
region  = "eu-west-1"
zones   = ["a", "b"]

network {
  endpoints = ["s3", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs"]
}

third_party "docker" {
  host = "registry-1.docker.io"
  kind = "registry"
}

cluster "web" {}

auto_scaling_group "web" {
  cluster = "web"
  desired = 2
  boot    = "600ms"
}

load_balancer "web" {}

service "front" {
  tasks                = 2
  image                = "front:1"
  load_balancer        = "web"
  path                 = "/*"
  start                = "100ms"
  drain                = "100ms"
  deregistration_delay = "100ms"

  health_check {
    interval  = "200ms"
    timeout   = "200ms"
    healthy   = 2
    unhealthy = 2
  }
}

service "other" {
  launch_type = "FARGATE"
  tasks       = 1
  image       = "other:latest"
  start       = "100ms"

  deployment {
    maximum_percent = 100
  }
}

# One task on every instance, so that there is no room for a third.
service "full" {
  tasks              = 2
  distinct_instances = true
  image              = "full:1"
  start              = "100ms"
}

service "inside" {
  launch_type = "FARGATE"
  tasks       = 1
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/inside:1"
  start       = "100ms"
}

# Its tasks start only while there is a program.
service "fragile" {
  launch_type  = "FARGATE"
  tasks        = 2
  command      = ["PROGRAM", "600"]
  start        = "50ms"
  stop_timeout = "100ms"

  deployment {
    BREAKER
  }
}
