experiment "kinds" {
  inject "instance_kil" "one" {
    start  = "now"
    whatsoever = var.nothing
  }
  inject "gauge" "two" {
    source = "x"
  }
  inject "earthquake" "three" {}
  inject "instance_kill" {
    cluster = local.nothing
  }
  inject "instance_kill" "four" "five" {
    cluster = "web"
  }
  inject "instance_kill" "../six" {
    cluster = "web"
  }
  probe "latncy" "one" {
    max   = upper(3
    )
    every = "0s"
  }
  probe "nat-cutoff" "two" {}
  probe "nat_cutoff" "three" {}
  load {
    rate = "1/s"
  }
  loads "x" {
    rate = uper("1/s")
  }
}

experiment {}

experiment "with space" {}

probe "latency" "lost" {
  max = "3s"
}

speed = 3
