experiment "no_more_errors" {
  description = "A task of conversations dies and readers see no more errors than before."

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

  probe "alb_5xx" "errors" {
    load_balancer = "web"
    period        = "1s" # production: leave it out, AWS counts by the minute
    every         = "1s"
    max           = "1%"
    unchanged     = true
    margin        = "0.1%"
  }
}
