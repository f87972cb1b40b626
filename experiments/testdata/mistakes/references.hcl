# --var given=x
# --var clustr=web
# GAMEDAY_VAR_size=large

variable "cluster" {
  default = "web"
}

variable "given" {}

variable "missing" {
  type = string
}

variable "size" {
  type = number
}

variable "typed" {
  type    = list(string)
  default = "web"
}

variable "typo" {
  type    = strng
  default = upper(var.cluster)
}

variable "rule" {
  default = "ab"
  validation {
    condition     = length(var.rule) > 2
    error_message = "At least three letters, not ${length(var.rule)}."
  }
  validation {
    condition     = "maybe"
    error_message = "Never."
  }
  validation {
    condition = true
  }
}

variable "rule" {}
variable "two" "labels" {}
variable {
}

locals {
  a     = local.b
  b     = "${local.c}!"
  c     = [local.a]
  mine  = local.mine
  first = local.second
  second = "fine"
  bad   = upper(1, 2)
  bad2  = regex("(", "x")
}

locals {
  second = 2
  inner {
    x = locl.y
  }
}

experiment "references" {
  description = "${var.clustr} ${var.quite_different} ${local.secnd} ${local.nothing_like_it}"

  inject "nat_cutoff" "one" {
    cluster = cluster
    count   = local.a
    mode    = web
    ids     = [data.aws.x, var, local["first"], var.missing, uppr("x"), frobnicate("x")]
    tags    = { a = vars.cluster, b = var.size, c = try(var.missing, local.bad) }
    weight  = var.cluster * 2
    seats   = local.first.length
  }

  probe "gauge" "g" {
    source = var.typed[0]
    max    = var.size
    unit   = missing ? var.nothing : local.second
  }
}
