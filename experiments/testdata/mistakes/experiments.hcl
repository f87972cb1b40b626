experiment "empty" {}

experiment "empty" {
  guard {}
  guard {
    max_targets = 1
  }
  probe "gauge" "g" {
    source = "x"
    max    = 1
  }
}

experiment "guards" {
  guard {
    accounts     = ["123", 123456789012, "production"]
    max_targets  = 0
    max_percent  = "0%"
    require_tags = {}
    max_taregts  = 1
  }
  probe "gauge" "g" {
    source = "x"
    max    = 1
  }
  inject "nat_cutoff" "same" {
    cluster = "web"
  }
  inject "nat_cutoff" "same" {
    cluster = "web"
    duration = "0s"
  }
}

experiment "accounts" {
  guard {
    accounts    = []
    max_percent = 34
  }
  inject "nat_cutoff" "same" {
    cluster = "web"
  }
  probe "gauge" "g" {
    source = "x"
    max    = 1
  }
}
