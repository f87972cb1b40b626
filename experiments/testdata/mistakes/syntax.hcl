variable "lost {
  default = "a"
}

experiment "syntax" {
  description = var.lost
  inject "instance_kill" "one" {
    cluster = = "web"
    cout    = 1
  }
  probe "gauge" "g" {
    source = "x"
    max    = (1 + 
  }
}
