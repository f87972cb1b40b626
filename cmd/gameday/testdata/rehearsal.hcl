# The sudden death of examples/, cut down to seconds.

variable "mode" {
  default = "terminate"
}

variable "count" {
  type    = number
  default = 1
}

experiment "rehearsal" {
  baseline = "3s"
  observe  = "6s"
  recovery = "30s"

  guard {
    accounts     = ["123456789012"]
    max_targets  = 1
    max_percent  = "34%"
    require_tags = { chaos = "allowed" }
  }

  load "viewers" {
    load_balancer = "web"
    path          = "/conversations"
    rate          = "50/s"
  }

  inject "instance_kill" "one" {
    cluster = "web"
    mode    = var.mode
    count   = var.count
  }

  probe "alb_5xx" "errors" {
    load_balancer = "web"
    period        = "1s"
    every         = "500ms"
    unchanged     = true
  }

  probe "ecs_service" "whole" {
    cluster = "web"
    service = "conversations"
    every   = "500ms"
    min     = "100%"
    allow   = "30s"
  }
}
