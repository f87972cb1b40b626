experiment "healthy_hosts" {
  description = "A task of conversations dies and the load balancer counts enough healthy hosts."

  baseline = "10s" # production: "5m"
  observe  = "15s" # production: "10m"
  recovery = "40s" # production: "10m"

  guard {
    max_targets = 1
  }

  inject "task_kill" "one" {
    cluster = "web"
    service = "conversations"
    count   = 1
  }

  probe "cloudwatch_metric" "hosts" {
    namespace     = "AWS/ApplicationELB"
    metric        = "HealthyHostCount"
    load_balancer = "web"
    target_group  = "conversations"
    statistic     = "Minimum"
    falls         = true
    period        = "1s" # production: leave it out, AWS counts by the minute
    every         = "1s"
    min           = 4
  }
}
