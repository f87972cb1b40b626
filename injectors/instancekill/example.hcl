# The instance of a service in one zone dies without a word, and comes back.
#
#   gameday run --lab --yes example.hcl
#
# In production: baseline = "10m", observe = "10m", recovery = "15m".
experiment "instance_dies" {
  description = "One instance of the cluster dies, and the Auto Scaling group and ECS heal by themselves."
  baseline    = "5s"
  observe     = "10s"
  recovery    = "40s"

  guard {
    max_targets  = 1
    max_percent  = "34%"
    require_tags = { chaos = "allowed" }
  }

  inject "instance_kill" "one" {
    cluster = "web"
    service = "conversations"
    mode    = "terminate"
  }

  probe "healthy_targets" "conversations" {
    target_group = "conversations"
    every        = "1s"
    min          = 4
  }
}
