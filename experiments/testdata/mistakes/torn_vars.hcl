# --var-file torn_vars.vars

variable "token" {
  default   = ""
  sensitive = true
}

experiment "torn" {
  probe "gauge" "g" {
    source = var.token
    max    = 1
  }
}
