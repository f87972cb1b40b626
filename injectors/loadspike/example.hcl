# A crowd comes within seconds, stays for a while and goes again, and nobody waits for longer than a second.
#
#   gameday run --lab --yes example.hcl

variable "rate" {
  type        = string
  default     = "3000/min"
  description = "Production-like load, before the spike."
}

experiment "spike" {
  description = "Three times as many readers as usual, and nobody waits."
  baseline    = "3s"
  observe     = "10s"
  recovery    = "30s"

  load "readers" {
    load_balancer = "web"
    path          = "/articles"
    rate          = var.rate
  }

  inject "load_spike" "news" {
    load   = "readers"
    growth = "200%"
    ramp   = "5s"
    hold   = "5s"
    cool   = "2s"
  }

  probe "load_latency" "readers" {
    max   = "1s"
    every = "1s"
  }

  probe "load_errors" "readers" {
    max   = "1%"
    every = "1s"
  }
}
