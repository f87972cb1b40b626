# Overload: big news, four times as many readers, and nobody waits for longer than three seconds.
#
#   gameday run --lab --yes experiments/examples/overload.hcl
#
# The defaults fit the built-in lab, where the whole takes about 90 seconds: an hour's growth in 40 s, and a tenth of the traffic, from 10,000 to
# 40,000 requests a minute, because lab and readers share this machine. To see it fail, and the report say what ran out:
# --weakness few_open_files, or --weakness no_auto_scaling. For your own service on AWS:
#
#   gameday plan --var pace=production --var rate=100000/min --var cluster=... --var service=... --var load_balancer=... \
#     --var target_group=... --var path=... --var log_group=... --var per_task=... overload.hcl

variable "cluster" {
  type        = string
  default     = "web"
  description = "ECS cluster of the service."
}

variable "service" {
  type        = string
  default     = "articles"
  description = "ECS service that the readers come for."
}

variable "load_balancer" {
  type        = string
  default     = "web"
  description = "Application Load Balancer that they come in by."
}

variable "target_group" {
  type        = string
  default     = "articles"
  description = "Target group of the service."
}

variable "path" {
  type        = string
  default     = "/articles"
  description = "What they ask for."
}

variable "log_group" {
  type        = string
  default     = "/ecs/articles"
  description = "CloudWatch Logs group of the service."
}

variable "rate" {
  type        = string
  default     = "10000/min"
  description = "Production-like load before the news; \"current\" for what the load balancer gets at present."
}

variable "growth" {
  type        = string
  default     = "300%"
  description = "By how much it grows: 300% is to four times as much."
}

variable "connections" {
  type        = number
  default     = 2000
  description = "Readers that wait for an answer at a time, at most: requests a second at the peak, times the three seconds."
}

variable "per_task" {
  type        = number
  default     = 60
  description = "Requests a second that one task can serve: its workers, by the seconds that each needs for one."
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
  # On AWS metrics come once a minute and late, and a service scales in minutes. The lab does the same in seconds.
  paces = {
    lab        = { baseline = "10s", ramp = "40s", hold = "15s", cool = "5s", observe = "20s", recovery = "60s", every = "1s", period = "1s", seconds = 1, scale = "5s" }
    production = { baseline = "10m", ramp = "1h", hold = "15m", cool = "10m", observe = "25m", recovery = "15m", every = "10s", period = "60s", seconds = 60, scale = "10m" }
  }
  pace = local.paces[var.pace]
}

experiment "overload" {
  description = "Big news brings four times as many readers, and nobody waits for longer than three seconds."

  baseline = local.pace.baseline # steady state must hold this long before the news
  observe  = local.pace.observe  # keep watching at least this long once the peak is reached
  recovery = local.pace.recovery # be steady again at most this long after it

  guard {
    max_targets = 1
  }

  load "readers" {
    load_balancer = var.load_balancer
    path          = var.path
    rate          = var.rate
    connections   = var.connections
  }

  inject "load_spike" "news" {
    load   = "readers"
    growth = var.growth
    ramp   = local.pace.ramp
    hold   = local.pace.hold
    cool   = local.pace.cool
  }

  # What the readers saw: nobody waits for longer than three seconds, counted from when he came, and nobody is sent away.
  probe "load_latency" "readers" {
    load     = "readers"
    quantile = 0.99
    every    = local.pace.every
    max      = "3s"
  }

  probe "load_errors" "readers" {
    load  = "readers"
    every = local.pace.every
    max   = "0.1%"
  }

  # They really came: else all the rest proves nothing.
  probe "load_rate" "readers" {
    load  = "readers"
    every = local.pace.every
    min   = "99%"
  }

  # And if they had to wait, these say why. A host runs out of files for connections, ...
  probe "log_count" "open_files" {
    log_group    = var.log_group
    pattern      = "\"too many open files\""
    period       = local.pace.period
    every        = local.pace.every
    silence      = "zero" # it complains or says nothing
    max          = 0
    on_violation = "continue"
  }

  # ... or a task is busy all the time: with less than a tenth of its time to spare the queue before it grows, and with more requests than it
  # can serve, it never ends.
  probe "cloudwatch_metric" "requests_per_task" {
    namespace     = "AWS/ApplicationELB"
    metric        = "RequestCountPerTarget"
    load_balancer = var.load_balancer
    target_group  = var.target_group
    statistic     = "Sum"
    period        = local.pace.period
    every         = local.pace.every
    max           = 0.9 * var.per_task * local.pace.seconds
    allow         = local.pace.scale # until new tasks are there
    on_violation  = "continue"
  }
}
