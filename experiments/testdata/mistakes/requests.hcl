experiment "requests" {
  inject "nat_cutoff" "one" {
    cluster = "web"
  }
  probe "gauge" "g" {
    source = "x"
    max    = 1
  }

  load "inside_and_outside" {
    url     = "https://example.com/path"
    rate    = "current"
    method  = "POST"
    timing  = "log"
    methods = ["GET"]

    request "a" {
      weight = 0
      path   = "a"
    }
    request "a" {
      weigth  = 1
      method  = "post"
      headers = { X = "{{name}}" }
      expect {
        status = [200, "2x", "teapot"]
        body   = "(ok"
      }
    }
    request {
      path = "/"
    }
    expect {
    }
  }
  load "values" {
    load_balancer = "web"
    rate          = "1/s"
    path          = "/users/{{di}}/{{ uuid }}"
    headers       = { A = "{{id}}", B = "{{name}}" }
    body          = "{{whatever}} {{ n }}"
    values        = csv("good.csv")
  }
  load "no_such_table" {
    url    = "https://{{host}}/a"
    rate   = "1/s"
    values = csv("missing.csv")
  }
  load "torn_table" {
    url    = "https://h/{{anything}}"
    rate   = "1/s"
    values = csv("torn.csv")
  }
  load "not_a_table" {
    url    = "https://h"
    rate   = "1/s"
    values = "users.csv"
  }
  load "two_tables" {
    url    = "https://h"
    rate   = "1/s"
    values = csv("good.csv", "torn.csv")
  }
  load "not_a_log" {
    url      = "https://h/path"
    path     = "/a"
    body     = csv("good.csv")
    requests = csv("good.csv")
    timing   = "logs"
    methods  = ["GET", "get"]
    values   = csv("good.csv")

    request "a" {}
  }
  load "no_log" {
    url      = "https://h"
    timing   = "log"
    requests = alb_log("none/*.gz", "good.csv/x", "../mistakes")
    request  = "a"
  }
  load "bad_pattern" {
    url      = "https://h"
    requests = alb_log("[")
  }
  load "no_name" {
    url      = "https://h"
    rate     = "often"

    connections = 0
    requests = alb_log()
  }
}
