variable "lost" {
  default = 
}

variable "other" {
  type = string
}

experiment "torn" {
  description = "${var.lost} ${var.somewhere}"
  inject "instance_kill" "one" {
    cluster = = "web"
    cout    = 1
  }
  probe "gauge" "g" {
    source = "x"
    max    = (1 + 
  }
  probe "gauge" "h" {
    sourc = "x"
    max 3
  }
}
