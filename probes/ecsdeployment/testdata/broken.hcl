account = "123456789012"
region  = "eu-west-1"
zones   = ["a"]

cluster "web" {}

service "broken" {
  launch_type = "FARGATE"
  tasks       = 0
  command     = ["/nonexistent/program"]
  start       = "10ms"

  deployment {
    circuit_breaker = true
  }
}
