experiment "bounds" {
  inject "nat_cutoff" "one" {
    cluster = "web"
  }

  probe "latency" "number" {
    source = "x"
    max    = 3
  }
  probe "latency" "share" {
    source = "x"
    max    = "3%"
    min    = true
    margin = ["1s"]
  }
  probe "errors" "ratio" {
    source = "x"
    max    = 0.001
    min    = 5
  }
  probe "errors" "string" {
    source = "x"
    max    = "0.01"
    min    = "101%"
  }
  probe "gauge" "unit" {
    source = "x"
    max    = "3s"
    min    = 1e400
  }
  probe "gauge" "none" {
    source = "x"
  }
  probe "gauge" "unchanged" {
    source    = "x"
    unchanged = false
  }
  probe "gauge" "null" {
    source = "x"
    max    = null
  }
  probe "gauge" "crossed" {
    source = "x"
    max    = 1
    min    = 2
  }
  probe "gauge" "confident" {
    source     = "x"
    max        = 1
    confidence = 0.99
    margin     = 1
  }
  probe "gauge" "sure" {
    source     = "x"
    unchanged  = true
    confidence = 99
    margin     = -1
  }
  probe "gauge" "proof" {
    source    = "x"
    unchanged = true
    proof     = true
  }
  probe "gauge" "proof_stops" {
    source       = "x"
    max          = 3
    proof        = true
    on_violation = "stop"
  }
  probe "gauge" "words" {
    source       = "x"
    max          = 3
    on_violation = "ignore"
    unchanged    = "maybe"
    every        = 10
    allow        = "always"
  }
  probe "gauge" "words" {
    max = 3
  }
}
