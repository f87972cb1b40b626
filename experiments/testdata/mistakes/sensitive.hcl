# --var token=hunter2
# --var pin=hunter2
# --var short=hunter2
# --var list=hunter2[
# --var-file sensitive.vars

variable "token" {
  sensitive = true
}

variable "default" {
  type      = number
  default   = "hunter2"
  sensitive = true
}

variable "filed" {
  type      = number
  sensitive = true
}

variable "pin" {
  type      = number
  sensitive = true
}

variable "short" {
  sensitive = true
  validation {
    condition     = length(var.short) > 20
    error_message = "Longer than ${var.short}."
  }
}

variable "list" {
  type      = list(string)
  sensitive = true
}

variable "unsure" {
  default   = "hunter2"
  sensitive = "hm"
}

locals {
  header = { Authorization = "Bearer ${var.token}", Accept = "text/html" }
  number = parseint(var.token, 10)
  broken = jsondecode(var.token)
}

experiment "sensitive" {
  description = "About ${var.token}"

  guard {
    accounts = [var.token]
  }

  load "users" {
    load_balancer = "web"
    rate          = "1/s"
    path          = var.token
    headers       = local.header
  }

  load "rate" {
    load_balancer = "web"
    rate          = var.token
  }

  inject "nat_cutoff" "one" {
    cluster = "web-${substr(var.token, 0, 3)}"
    tags    = local.header
    count   = length(var.token)
    mode    = var.unsure
    start   = var.token
    limit {
      after = var.token
    }
  }

  probe "gauge" "g" {
    source  = var.token
    headers = local.header
    timeout = var.token
    max     = length(var.token)
    every   = var.token
  }
}
