experiment "no_alarm" {
  description = "A task of conversations dies and nobody is called."

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

  probe "cloudwatch_alarm" "production" {
    alarms = ["web-5xx"]
    every  = "2s"
    max    = 0
  }
}
