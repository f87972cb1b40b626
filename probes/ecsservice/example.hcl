experiment "most_tasks_run" {
  description = "A task of conversations dies, the others go on, and ECS replaces it."

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

  probe "ecs_service" "running" {
    cluster = "web"
    service = "conversations"
    every   = "1s"
    min     = "80%"
  }

  probe "ecs_service" "rollout" {
    cluster = "web"
    service = "conversations"
    measure = "rollout"
    every   = "1s"
    min     = "100%"
  }
}
