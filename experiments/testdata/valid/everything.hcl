# --var accounts=["123456789012"]
# --var password=hunter2-hunter2
# GAMEDAY_VAR_cluster=web

variable "cluster" {
  type        = string
  description = "Where it happens."
  validation {
    condition     = length(var.cluster) > 2
    error_message = "A cluster's name is longer than that."
  }
}

variable "accounts" {
  type = list(string)
}

variable "size" {
  default = 2
}

variable "password" {
  sensitive = true
}

locals {
  credentials = "Basic ${base64encode("user:${var.password}")}"
  services    = { for s in local.all : s => upper(s) }
  all         = ["conversations", "votes"]
}

experiment "everything" {
  description = "All that may be written: ${join(", ", values(local.services))}."
  baseline    = "2m"
  observe     = "90s"
  recovery    = "1h30m"

  guard {
    accounts     = var.accounts
    max_targets  = var.size
    max_rate     = "200000/min"
    max_percent  = "34%"
    require_tags = { chaos = "allowed" }
  }

  load "viewers" {
    load_balancer = var.cluster
    path          = "/conversations?page=1"
    rate          = "100000/min"
    method        = "POST"
    headers = {
      Accept        = "application/json"
      Authorization = local.credentials
    }
    body    = jsonencode({ password = var.password })
    timeout = "3s"
  }

  load "outside" {
    url             = "https://example.com/feed/{{n}}"
    rate            = "5/s"
    warm_up         = "30s"
    engine          = "standard"
    protocol        = "http2"
    connections     = 8
    streams         = 4
    new_connections = "2.5%"
    late            = "drop"
    dns_ttl         = "10s"

    tls {
      server_name = "www.example.com"
      ca_file     = "ca.pem"
      skip_verify = true
      resume      = false
    }
  }

  load "mixed" {
    load_balancer = "web"
    rate          = "current"
    headers       = { accept = "text/html", X-Request = "{{ uuid }}" }
    values        = csv("users.csv")

    expect {
      status = ["2xx", "404"]
    }

    request "read" {
      weight = 9
      path   = "/users/{{id}}"
    }

    request "write" {
      method  = "POST"
      path    = "/users"
      headers = { Accept = "application/json" }
      body    = "{\"name\": \"{{name}}\", \"n\": {{n}}}"

      expect {
        status = ["201"]
        body   = "\"ok\": *true"
      }
    }
  }

  load "again" {
    url      = "https://example.com"
    requests = alb_log("*.log")
    methods  = ["GET", "POST"]
    timing   = "log"
    headers  = { Host = "staging.example.com" }
  }

  inject "instance_kill" "one" {
    cluster = var.cluster
    percent = "${var.size * 10}%"
    ids     = toset(["i-1", "i-2"])
    tags    = { size = 12 }
    seats   = 3
    weight  = 0.5
    waits   = ["1s", "2m"]
    mode    = null
  }

  inject "nat_cutoff" "zone" {
    start    = "30s"
    duration = "2m"
    cluster  = var.cluster
    limit {
      after = "10s"
    }
    stage "slow" {
      rate = "1/s"
    }
    stage "fast" {
      rate = "100/s"
      hard = true
    }
  }

  probe "gauge" "lamps" {
    source = "x"
    min    = var.size
    max    = 1e3
    proof  = true
  }

  probe "latency" "p99" {
    source       = "x"
    every        = "5s"
    max          = "3s"
    allow        = "20s"
    on_violation = "continue"
    headers      = { Authorization = local.credentials }
  }

  probe "errors" "share" {
    source     = "x"
    unchanged  = true
    confidence = 0.95
    margin     = "0.1%"
    max        = "1%"
    min        = 0
  }
}

experiment "another" {
  inject "nat_cutoff" "zone" {
    cluster = var.cluster
  }
  probe "gauge" "lamps" {
    source = "x"
    max    = 1
  }
}
