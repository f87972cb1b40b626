experiment "own_measure" {
  description = "A task of conversations dies while a command of our own measures."

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

  probe "exec" "disk" {
    command = ["sh", "-c", "df -P . | awk 'NR == 2 { print ($5 + 0) / 100 }'"]
    unit    = "%"
    label   = "used share of this disk"
    every   = "2s"
    max     = "100%"
  }
}
