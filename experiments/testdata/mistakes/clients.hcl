# How loads are sent.
experiment "clients" {
  load "words" {
    load_balancer   = "web"
    rate            = "1/s"
    engine          = "quick"
    late            = "never"
    protocol        = "h3"
    connections     = 0
    new_connections = "110%"
    dns_ttl         = "0s"
    warm_up         = "soon"
  }
  load "fast_tls" {
    url     = "https://example.com"
    rate    = "1/s"
    engine  = "fast"
    streams = 2

    tls {
      ca_file = "users.csv"
      verify  = false
    }
  }
  load "fast_http2" {
    url      = "http://example.com"
    rate     = "1/s"
    engine   = "fast"
    protocol = "http2"
    streams  = 1001
  }
  load "plain" {
    load_balancer = "web"
    rate          = "1/s"
    protocol      = "http2"

    tls {
      skip_verify = true
    }
  }
}
