experiment "none" {
  inject "nat_cutoff" "one" {
    cluster = "web"
  }
  probe "users" "u" {
    max = 1
  }
}

experiment "one" {
  inject "nat_cutoff" "one" {
    cluster = "web"
  }
  load "viewers" {
    load_balancer = "web"
    rate          = "1/s"
  }
  probe "users" "fine" {
    max = 1
  }
  probe "users" "misspelt" {
    load = "viewer"
    max  = 1
  }
}

experiment "two" {
  inject "crowd" "misspelt" {
    load = "viewer"
  }
  inject "nat_cutoff" "one" {
    cluster = "web"
  }
  load "viewers" {
    load_balancer = "web"
    rate          = "1/s"
  }
  load "writers" {
    load_balancer = "web"
    rate          = "1/s"
  }
  probe "users" "which" {
    max = 1
  }
  probe "users" "unread" {
    load = var.nobody
    max  = 1
  }
  probe "users" "strange" {
    load = "zebra"
    max  = 1
  }
}
