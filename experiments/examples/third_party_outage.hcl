# Third-party outage: the internet goes away, live services do not care, and a critical one can still be deployed.
#
#   gameday run --lab --yes experiments/examples/third_party_outage.hcl
#
# The defaults fit the built-in lab, where the whole takes about a minute. To see it fail, and the report name the download
# that a new task could not do without: --weakness public_image, or --weakness fetch_at_start.
# For your own cluster on AWS:
#
#   gameday plan --var pace=production --var cluster=... --var service=... --var log_group=... \
#     --var dependent_log_group=... --var 'dependent_complaint=...' third_party_outage.hcl

variable "cluster" {
  type        = string
  default     = "web"
  description = "ECS cluster whose subnets lose their way out to the internet."
}

variable "load_balancer" {
  type        = string
  default     = "web"
  description = "Application Load Balancer that the users come in by."
}

variable "path" {
  type        = string
  default     = "/conversations"
  description = "What the users ask for."
}

variable "rate" {
  type        = string
  default     = "20000/min"
  description = "Production-like load."
}

variable "service" {
  type        = string
  default     = "recommendations"
  description = "Critical ECS service that must be deployable at any time."
}

variable "log_group" {
  type        = string
  default     = "/ecs/recommendations"
  description = "CloudWatch Logs group of that service."
}

variable "download_complaint" {
  type        = string
  default     = "?\"npm error\" ?\"npm ERR!\" ?\"Could not reach host\" ?\"Could not find gem\" ?\"curl:\""
  description = "Filter pattern of what its tasks log when they cannot download something."
}

variable "dependent_log_group" {
  type        = string
  default     = "/ecs/moderation"
  description = "CloudWatch Logs group of a service that calls a third party now and then, and can do without."
}

variable "dependent_complaint" {
  type        = string
  default     = "\"request to https://api.scoring.example/ failed\""
  description = "Filter pattern of what that service logs when the third party does not answer."
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
  # A rollout takes minutes on AWS and seconds in the lab. The outage lasts longer than it may take, or nobody would know
  # whether it ever comes to an end.
  paces = {
    lab        = { baseline = "8s", deploy = "5s", rollout = "30s", observe = "36s", recovery = "40s", every = "1s", period = "1s" }
    production = { baseline = "5m", deploy = "2m", rollout = "10m", observe = "12m", recovery = "15m", every = "10s", period = "60s" }
  }
  pace = local.paces[var.pace]
}

experiment "third_party_outage" {
  description = "The internet goes away, no user notices, and a critical service can still be deployed."

  baseline = local.pace.baseline # steady state must hold this long before anything is touched
  observe  = local.pace.observe  # keep watching at least this long once the deployment has begun
  recovery = local.pace.recovery # be steady again at most this long after the internet is back

  guard {
    max_targets = 10 # subnets, and the service
  }

  load "viewers" {
    load_balancer = var.load_balancer
    path          = var.path
    rate          = var.rate
  }

  inject "nat_cutoff" "internet" {
    cluster = var.cluster
  }

  inject "ecs_deploy" "critical" {
    start   = local.pace.deploy # in the middle of the outage
    cluster = var.cluster
    service = var.service
  }

  # The outage is real: somebody inside calls a third party, and complains. Else all the rest proves nothing.
  probe "log_count" "egress" {
    log_group = var.dependent_log_group
    pattern   = var.dependent_complaint
    period    = local.pace.period
    every     = local.pace.every
    silence   = "zero" # it complains or says nothing
    max       = 0
    proof     = true
  }

  # The critical service is deployed in time and without a single task that failed, and if not, these say why: what its
  # tasks could not download by themselves, and what ECS could not pull for them.
  probe "log_count" "downloads" {
    log_group = var.log_group
    pattern   = var.download_complaint
    period    = local.pace.period
    every     = local.pace.every
    silence   = "zero"
    max       = 0
  }

  probe "ecs_deployment" "completes" {
    cluster = var.cluster
    service = var.service
    every   = local.pace.every
    max     = local.pace.rollout
  }

  probe "ecs_deployment" "failed_tasks" {
    cluster = var.cluster
    service = var.service
    measure = "failed_tasks"
    every   = local.pace.every
    max     = 0
  }

  # Live services are unharmed: what the load balancer saw, and what the users saw.
  probe "alb_5xx" "errors" {
    load_balancer = var.load_balancer
    period        = local.pace.period
    every         = local.pace.every
    unchanged     = true
  }

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
}
