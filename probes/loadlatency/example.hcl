experiment "nobody_waits" {
  description = "A task of conversations dies and nobody waits longer than three seconds."

  baseline = "10s" # production: "5m"
  observe  = "15s" # production: "10m"
  recovery = "40s" # production: "10m"

  guard {
    max_targets = 1
  }

  load "readers" {
    load_balancer = "web"
    path          = "/conversations"
    rate          = "100/s"
  }

  inject "task_kill" "one" {
    cluster = "web"
    service = "conversations"
    count   = 1
  }

  probe "load_latency" "p99" {
    load     = "readers"
    quantile = 0.99
    every    = "1s"
    max      = "3s"
  }
}
