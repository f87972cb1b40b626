# --var-file torn_json.vars.json

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
