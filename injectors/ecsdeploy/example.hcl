# A service is deployed once more while its readers are there, and none of them notices.
#
#   gameday run --lab --yes example.hcl
#
# In production: baseline = "10m", observe = "15m", recovery = "10m", max = "10m".
experiment "deploy_under_load" {
  description = "A deployment in the middle of the day completes, and no reader notices."
  baseline    = "3s"
  observe     = "40s"
  recovery    = "30s"

  guard {
    max_targets = 1
  }

  load "readers" {
    load_balancer = "web"
    path          = "/recommendations"
    rate          = "20/s"
  }

  inject "ecs_deploy" "again" {
    cluster = "web"
    service = "recommendations"
  }

  probe "ecs_deployment" "in_time" {
    cluster = "web"
    service = "recommendations"
    every   = "1s"
    max     = "35s"
  }

  probe "load_errors" "readers" {
    load  = "readers"
    every = "1s"
    max   = "0%"
  }
}
