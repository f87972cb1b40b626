experiment "still_fast" {
  description = "A task of conversations dies and the others answer as fast as they should."

  baseline = "10s" # production: "5m"
  observe  = "15s" # production: "10m"
  recovery = "40s" # production: "10m"

  guard {
    max_targets = 1
  }

  load "readers" {
    load_balancer = "web"
    path          = "/conversations"
    rate          = "50/s"
  }

  inject "task_kill" "one" {
    cluster = "web"
    service = "conversations"
    count   = 1
  }

  probe "alb_latency" "p99" {
    load_balancer = "web"
    target_group  = "conversations"
    quantile      = 0.99
    period        = "1s" # production: leave it out, AWS measures by the minute
    every         = "1s"
    max           = "1s"
  }
}
