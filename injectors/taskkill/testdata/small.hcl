# Services of every sort that task_kill has to tell apart, in timings that tests can wait for.

account = "123456789012"
region  = "eu-west-1"
zones   = ["a", "b", "c"]

ecs {
  agent_timeout    = "200ms"
  deregister_after = "300ms"
}

cluster "web" {}

auto_scaling_group "web" {
  cluster = "web"
  desired = 3
  boot    = "600ms"
}

load_balancer "web" {}

service "front" {
  tasks                = 3
  spread               = "zone"
  load_balancer        = "web"
  path                 = "/*"
  start                = "100ms"
  drain                = "200ms"
  deregistration_delay = "100ms"
  tags                 = { chaos = "allowed" }

  health_check {
    interval  = "200ms"
    timeout   = "200ms"
    healthy   = 2
    unhealthy = 2
  }
}

service "serverless" {
  launch_type = "FARGATE"
  tasks       = 2
  start       = "100ms"
}

service "agent" {
  daemon = true
  start  = "100ms"
}

service "search" {
  start = "100ms"

  volume "index" {
    kind = "efs"
    path = "/index"
  }
}
