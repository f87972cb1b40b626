experiment "enough_targets" {
  description = "A task of conversations dies and enough targets stay healthy."

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

  probe "healthy_targets" "conversations" {
    load_balancer = "web"
    target_group  = "conversations"
    every         = "1s"
    min           = 4
  }
}
