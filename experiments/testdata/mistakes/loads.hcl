experiment "loads" {
  inject "nat_cutoff" "one" {
    cluster = "web"
  }
  probe "gauge" "g" {
    source = "x"
    max    = 1
  }

  load "nowhere" {
    rate = "1/s"
  }
  load "everywhere" {
    load_balancer = "web"
    url           = "http://example.com"
    rate          = "1/s"
  }
  load "rates" {
    load_balancer = "web"
    path          = "conversations"
    rate          = 100
    timeout       = "0s"
  }
  load "no_rate" {
    url    = "example.com"
    path   = "/a"
    method = "get"
  }
  load "headers" {
    load_balancer = "web"
    rate          = "100/fortnight"
    headers       = { "X Y" = "1", "B" = "a\nb" }
  }
  load "headers" {
    load_balancer = "web"
    rate          = "1/s"
    headers       = { A = ["1"] }
    conections    = 5
  }
}
