# Sudden death: a random container instance dies under production-like load, and no user notices.
#
#   gameday run --lab --yes experiments/examples/sudden_death.hcl
#
# The defaults fit the built-in lab, where the whole takes about a minute. For your own cluster on AWS:
#
#   gameday plan --var pace=production --var cluster=... --var service=... --var load_balancer=... sudden_death.hcl

variable "cluster" {
  type        = string
  default     = "web"
  description = "ECS cluster whose container instances may be killed."
}

variable "service" {
  type        = string
  default     = "conversations"
  description = "ECS service that must stay whole."
}

variable "load_balancer" {
  type        = string
  default     = "web"
  description = "Application Load Balancer that the users come in by."
}

variable "rate" {
  type        = string
  default     = "100000/min"
  description = "Production-like load."
}

variable "pace" {
  type        = string
  default     = "lab"
  description = "\"lab\" for a rehearsal of a minute, \"production\" for the real thing."

  validation {
    condition     = contains(["lab", "production"], var.pace)
    error_message = "Say \"lab\" or \"production\"."
  }
}

locals {
  # On AWS a load balancer reports once a minute and late, instances take minutes to be replaced, and everything
  # is given its time. The lab does the same in seconds.
  paces = {
    lab        = { baseline = "10s", observe = "30s", recovery = "40s", every = "1s", period = "1s", heal = "25s" }
    production = { baseline = "5m", observe = "12m", recovery = "15m", every = "10s", period = "60s", heal = "10m" }
  }
  pace = local.paces[var.pace]
}

experiment "sudden_death" {
  description = "A random container instance dies and no user notices."

  baseline = local.pace.baseline # steady state must hold this long before anything is touched
  observe  = local.pace.observe  # keep watching at least this long once the fault begins
  recovery = local.pace.recovery # be steady again at most this long after it

  guard {
    max_targets  = 1
    max_percent  = "34%" # of the instances in the cluster
    require_tags = { chaos = "allowed" }
  }

  load "viewers" {
    load_balancer = var.load_balancer
    path          = "/${var.service}"
    rate          = var.rate
  }

  inject "instance_kill" "one" {
    cluster = var.cluster
    count   = 1
    mode    = "terminate"
  }

  # What the load balancer saw: no more errors than before, by a test that would find one in ten thousand.
  probe "alb_5xx" "errors" {
    load_balancer = var.load_balancer
    period        = local.pace.period
    every         = local.pace.every
    unchanged     = true
  }

  probe "alb_latency" "p99" {
    load_balancer = var.load_balancer
    quantile      = 0.99
    period        = local.pace.period
    every         = local.pace.every
    max           = "3s"
  }

  # What the users saw: no request lost, none slow.
  probe "load_errors" "viewers" {
    load  = "viewers"
    every = local.pace.every
    max   = "0.01%"
  }

  probe "load_latency" "viewers" {
    load     = "viewers"
    quantile = 0.99
    every    = local.pace.every
    max      = "3s"
  }

  # The service is short of a task until the group has replaced the instance, and whole again after that. What is allowed for it
  # is less than observe, or nobody would see it fail.
  probe "ecs_service" "whole" {
    cluster = var.cluster
    service = var.service
    every   = local.pace.every
    min     = "100%"
    allow   = local.pace.heal
  }
}
