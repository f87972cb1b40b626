# Every reversible kind at once, as quick as can be.

variable "instance" {}
variable "file" {}

variable "dead_man" {
  default = ""
}

variable "dead_man_role" {
  default = ""
}

experiment "sweep" {
  baseline = "1s"
  observe  = "1s"
  recovery = "60s"

  guard {
    max_targets   = 7
    dead_man      = var.dead_man
    dead_man_role = var.dead_man_role
  }

  inject "exec" "file" {
    do   = ["touch", var.file]
    undo = ["sh", "-c", "test ! -e \"$1.held\" && rm -f \"$1\"", "undo", var.file]
  }

  inject "instance_kill" "one" {
    ids  = [var.instance]
    mode = "stop"
  }

  inject "ecs_deploy" "more" {
    cluster       = "web"
    service       = "jobs"
    desired_count = 2
  }

  inject "nat_cutoff" "routes" {
    subnets = ["private-a"]
  }

  inject "nat_cutoff" "packets" {
    subnets = ["private-b"]
    method  = "nacl"
  }

  inject "third_party_outage" "name" {
    hosts = ["news.example"]
    vpc   = "gameday"
  }

  inject "third_party_outage" "address" {
    cidrs   = ["203.0.113.0/24"]
    subnets = ["private-c"]
  }

  probe "exec" "one" {
    command = ["echo", "1"]
    every   = "500ms"
    max     = 1
  }
}
