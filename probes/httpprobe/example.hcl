experiment "still_answers" {
  description = "A task of conversations dies and a reader still gets an answer."

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

  probe "http" "answers" {
    load_balancer = "web"
    path          = "/conversations"
    expect_status = ["200"]
    every         = "500ms"
    max           = "0%"
  }

  probe "http" "fast" {
    load_balancer = "web"
    path          = "/conversations"
    measure       = "latency"
    every         = "500ms"
    max           = "2s"
  }
}
