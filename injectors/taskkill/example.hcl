# One task of a service is stopped, and the readers do not notice.
#
#   gameday run --lab --yes example.hcl
#
# In production: baseline = "10m", observe = "10m", recovery = "10m".
experiment "task_stops" {
  description = "One task of a service stops, and ECS starts another."
  baseline    = "5s"
  observe     = "10s"
  recovery    = "30s"

  guard {
    max_targets  = 1
    max_percent  = "50%"
    require_tags = { tier = "critical" }
  }

  inject "task_kill" "one" {
    cluster = "web"
    service = "conversations"
  }

  probe "healthy_targets" "conversations" {
    target_group = "conversations"
    every        = "1s"
    min          = 4
  }
}
