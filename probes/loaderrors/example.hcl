experiment "nobody_notices" {
  description = "A task of conversations dies and no reader gets an error."

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

  probe "load_errors" "readers" {
    load      = "readers"
    every     = "1s"
    max       = "1%"
    unchanged = true
    margin    = "0.1%"
  }
}
