experiment "a_deployment_completes" {
  description = "A new deployment of recommendations completes in time, and none of its tasks fails."

  baseline = "3s"  # production: "5m"
  observe  = "40s" # longer than the rollout may take; production: "15m"
  recovery = "30s" # production: "10m"

  guard {
    max_targets = 1
  }

  inject "ecs_deploy" "again" {
    cluster = "web"
    service = "recommendations"
  }

  probe "ecs_deployment" "in_time" {
    cluster = "web"
    service = "recommendations"
    every   = "1s"
    max     = "35s" # production: "10m"
  }

  probe "ecs_deployment" "clean" {
    cluster = "web"
    service = "recommendations"
    measure = "failed_tasks"
    every   = "1s"
    max     = 0
  }
}
