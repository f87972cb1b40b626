# A bit of everything that instance_kill has to tell apart, in timings that tests can wait for.

account = "123456789012"
region  = "eu-west-1"
zones   = ["a", "b", "c"]

ecs {
  agent_timeout    = "200ms"
  deregister_after = "300ms"
  describe_lag     = "300ms" # EC2 is eventually consistent, and so is what we know
}

cluster "web" {}

cluster "kept" {
  managed_termination_protection = true
}

# The ordinary case: one instance in every zone.
auto_scaling_group "web" {
  cluster       = "web"
  desired       = 3
  boot          = "600ms"
  replace_after = "300ms"
  tags          = { chaos = "allowed", team = "web" }
}

# Instances that stay where they are until somebody starts them again.
auto_scaling_group "patient" {
  cluster             = "web"
  desired             = 1
  boot                = "600ms"
  replace_after       = "300ms"
  attributes          = { role = "patient" }
  suspended_processes = ["HealthCheck", "ReplaceUnhealthy"]
  tags                = { team = "patient" }
}

auto_scaling_group "spot" {
  desired = 2
  spot    = true
  boot    = "600ms"
  tags    = { chaos = "allowed", team = "spot" }
}

auto_scaling_group "old" {
  desired     = 1
  root_device = "instance-store"
  boot        = "600ms"
}

auto_scaling_group "kept" {
  cluster                = "kept"
  desired                = 1
  boot                   = "600ms"
  termination_protection = true
  stop_protection        = true
  scale_in_protection    = true
}

load_balancer "web" {}

service "front" {
  tasks                = 3
  cluster              = "web"
  distinct_instances   = true
  constraint           = "attribute:role != patient"
  load_balancer        = "web"
  path                 = "/*"
  start                = "100ms"
  drain                = "200ms"
  deregistration_delay = "100ms"

  health_check {
    interval  = "200ms"
    timeout   = "200ms"
    healthy   = 2
    unhealthy = 2
  }
}

service "lonely" {
  cluster    = "web"
  constraint = "attribute:role == patient"
  start      = "100ms"
}

service "daemon" {
  cluster = "web"
  daemon  = true
  start   = "100ms"
}

service "database" {
  cluster = "kept"

  volume "data" {
    kind = "ebs"
    path = "/var/lib/data"
  }
}
