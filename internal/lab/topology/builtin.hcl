# A busy news-comment platform: readers open articles, and every article asks for its conversation.
#
# It is built as such a platform should be (services that drain, quick health checks, spare capacity), with
# timings so short that an experiment fits into a minute. Copy it to begin a topology of your own.

account = "123456789012"
region  = "eu-west-1"
zones   = ["a", "b", "c"]

cloudwatch {
  resolution = "1s" # AWS: 60s
  delay      = "1s" # AWS: one to three minutes
}

ecs {
  agent_timeout    = "1s"
  deregister_after = "1s"
}

network {
  nat_gateways    = "zone"
  connect_timeout = "1s"
  gateway_settles = "2s"
}

# What the platform depends on outside. Everything that it needs of AWS itself it has VPC endpoints for.
third_party "dockerhub" {
  host = "registry-1.docker.io"
  kind = "registry"
}

third_party "npm" {
  host = "registry.npmjs.org"
  kind = "npm"
}

third_party "rubygems" {
  host = "rubygems.org"
  kind = "rubygems"
}

third_party "scoring" {
  host    = "api.scoring.example"
  latency = "20ms"
}

cluster "web" {}

auto_scaling_group "web" {
  cluster       = "web"
  instance_type = "m7g.large"
  cpu           = 2048
  memory        = 7680
  min           = 3
  desired       = 6
  max           = 9
  boot          = "6s"
  replace_after = "3s"
  tags          = { chaos = "allowed", team = "conversations" }
}

load_balancer "web" {
  scheme       = "internet-facing"
  idle_timeout = "60s"
}

# One task on every instance: what a lost instance takes with it is a sixth.
service "conversations" {
  tasks                = 6
  distinct_instances   = true
  cpu                  = 512
  memory               = 1024
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/conversations:412"
  load_balancer        = "web"
  path                 = "/conversations*"
  latency              = "20ms"
  jitter               = "10ms"
  workers              = 128
  queue                = 512
  body                 = 1024
  drain                = "5s"
  deregistration_delay = "2s"
  tags                 = { tier = "critical" }

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }

  # A seventh task has nowhere to go, so a deployment takes two away at a time.
  deployment {
    minimum_healthy_percent = 66
  }
}

# What a crowd comes for when there is news: the pages themselves, each made of what five other services say. A task can serve
# 12 / 0.2 s = 60 a second and is to serve 33, so that there is time to scale before the crowd is there. By Little's law a task
# has 7 requests under way at that pace, and 40 files open for them.
service "articles" {
  tasks                = 6
  spread               = "instance"
  cpu                  = 128
  memory               = 256
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/articles:208"
  load_balancer        = "web"
  path                 = "/articles*"
  latency              = "200ms"
  jitter               = "100ms"
  workers              = 12
  queue                = 600
  upstreams            = 5
  body                 = 4096
  drain                = "5s"
  deregistration_delay = "2s"
  tags                 = { tier = "critical" }

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }

  auto_scaling {
    min                        = 6
    max                        = 24
    target_requests_per_target = 2000
    scale_out_cooldown         = "2s"
    scale_in_cooldown          = "15s"
  }
}

# One task in every zone.
service "comments" {
  tasks                = 3
  spread               = "zone"
  cpu                  = 256
  memory               = 512
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/comments:97"
  load_balancer        = "web"
  path                 = "/comments*"
  latency              = "15ms"
  jitter               = "5ms"
  workers              = 64
  drain                = "5s"
  deregistration_delay = "2s"
  tags                 = { tier = "critical" }

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }
}

# Reached through a port of its instance, as services were before tasks had addresses of their own.
service "profiles" {
  tasks                = 3
  spread               = "zone"
  target_type          = "instance"
  cpu                  = 256
  memory               = 512
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/profiles:58"
  load_balancer        = "web"
  path                 = "/profiles*"
  latency              = "10ms"
  jitter               = "5ms"
  drain                = "5s"
  deregistration_delay = "2s"

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }
}

# Two tasks: survives one, not two. It has comments scored elsewhere, and makes do without.
service "moderation" {
  tasks                = 2
  spread               = "instance"
  cpu                  = 256
  memory               = 512
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/moderation:31"
  load_balancer        = "web"
  path                 = "/moderation*"
  latency              = "40ms"
  jitter               = "20ms"
  drain                = "5s"
  deregistration_delay = "2s"

  call "scoring" {
    timeout = "1s"
    every   = "1s"
  }

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }
}

# Its index lies in a volume, so the instance that it runs on is not one to kill lightly.
service "search" {
  tasks                = 1
  cpu                  = 256
  memory               = 1024
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/search:12"
  load_balancer        = "web"
  path                 = "/search*"
  latency              = "30ms"
  jitter               = "10ms"
  drain                = "3s"
  deregistration_delay = "2s"

  volume "index" {
    kind = "docker"
    path = "/var/lib/search"
  }

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }
}

# Runs on Fargate: no instance of ours to lose.
service "recommendations" {
  launch_type          = "FARGATE"
  tasks                = 2
  cpu                  = 256
  memory               = 512
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/recommendations:7"
  load_balancer        = "web"
  path                 = "/recommendations*"
  latency              = "25ms"
  jitter               = "10ms"
  drain                = "5s"
  deregistration_delay = "2s"

  deployment {
    circuit_breaker = true
  }

  health_check {
    interval  = "1s"
    timeout   = "2s"
    healthy   = 2
    unhealthy = 2
  }
}

# On every instance, and no harm done when one of them goes.
service "log-router" {
  daemon = true
  cpu    = 64
  memory = 128
  image  = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/log-router:3"
}

alarm "web-5xx" {
  description   = "The load balancer answers with errors of its own."
  namespace     = "AWS/ApplicationELB"
  metric        = "HTTPCode_ELB_5XX_Count"
  statistic     = "Sum"
  load_balancer = "web"
  period        = "5s"
  threshold     = 0
  # The metric exists only while there are errors.
  treat_missing_data = "notBreaching"
}

alarm "conversations-slow" {
  description        = "One reader in a hundred waits for more than three seconds."
  namespace          = "AWS/ApplicationELB"
  metric             = "TargetResponseTime"
  statistic          = "p99"
  load_balancer      = "web"
  target_group       = "conversations"
  period             = "5s"
  evaluation_periods = 2
  threshold          = 3
}

alarm "conversations-few" {
  description        = "Fewer than five conversation targets are healthy."
  namespace          = "AWS/ApplicationELB"
  metric             = "HealthyHostCount"
  statistic          = "Minimum"
  load_balancer      = "web"
  target_group       = "conversations"
  period             = "5s"
  comparison         = "LessThanThreshold"
  threshold          = 5
  treat_missing_data = "breaching"
}

# Weaknesses: each is the same platform, not built quite as well.

weakness "single_task" {
  description = "conversations runs as one task, on the only instance that may be killed"

  auto_scaling_group "web" {
    desired = 5
    tags    = { chaos = "forbidden", team = "conversations" }
  }

  auto_scaling_group "front" {
    cluster       = "web"
    min           = 1
    desired       = 1
    max           = 2
    boot          = "6s"
    replace_after = "3s"
    attributes    = { role = "front" }
    tags          = { chaos = "allowed", team = "conversations" }
  }

  service "conversations" {
    tasks      = 1
    constraint = "attribute:role == front"
  }

  service "search" {
    constraint = "attribute:role != front"
  }
}

weakness "slow_health_check" {
  description = "conversations' health check takes 90 seconds to notice a dead target, so the load balancer goes on sending to it"

  service "conversations" {
    health_check {
      interval  = "30s"
      unhealthy = 3
    }
  }
}

weakness "no_replacement" {
  description = "the Auto Scaling group does not replace lost instances, so conversations stays at five of six tasks"

  auto_scaling_group "web" {
    suspended_processes = ["Launch", "HealthCheck", "ReplaceUnhealthy"]
  }
}

weakness "no_drain" {
  description = "conversations closes its connections the moment it is told to stop, instead of draining"

  service "conversations" {
    drain = "0s"
  }
}

weakness "few_open_files" {
  description = "the programs of an instance may have 102 files open together, the usual 1,024 at a tenth of production's load"

  auto_scaling_group "web" {
    open_files = 102
  }
}

weakness "no_auto_scaling" {
  description = "articles stays at six tasks, however many readers come"

  service "articles" {
    auto_scaling {
      suspended = true
    }
  }
}

weakness "slow_service" {
  description = "three in a hundred conversations take four seconds, before anything is broken"

  service "conversations" {
    tail_share   = "3%"
    tail_latency = "4s"
    workers      = 0
  }
}

weakness "unsteady" {
  description = "two in a hundred conversations are answered with an error, before anything is broken"

  service "conversations" {
    error_share = "2%"
  }
}

weakness "no_metrics" {
  description = "CloudWatch never shows any data"

  cloudwatch {
    publish = false
  }
}

weakness "public_image" {
  description = "recommendations runs on Fargate with an image from a public registry, which every new task pulls over the internet"

  service "recommendations" {
    image = "newsroom/recommendations:7"
  }
}

weakness "fetch_at_start" {
  description = "recommendations installs a package from npm whenever one of its tasks starts"

  service "recommendations" {
    fetches = ["npm:express"]
  }
}

weakness "one_nat_gateway" {
  description = "all zones go out through one NAT gateway, in the first zone"

  network {
    nat_gateways = "one"
  }
}

weakness "live_dependency" {
  description = "every request to moderation waits for a third party to score a comment, and fails with it"

  service "moderation" {
    call "scoring" {
      live    = true
      timeout = "1s"
    }
  }
}

weakness "no_endpoints" {
  description = "there are no VPC endpoints, so agents, images and logs reach AWS through the NAT gateways only"

  network {
    endpoints = []
  }
}
