# A load balancer in front of a service that is well, one that often fails, and one that is not there.

cloudwatch {
  resolution = "1s"
  delay      = "1s"
}

cluster "web" {}

load_balancer "web" {}

service "well" {
  cluster       = "web"
  launch_type   = "FARGATE"
  load_balancer = "web"
  path          = "/well*"
  latency       = "1ms"
  start         = "0s"

  health_check {
    interval = "1s"
    timeout  = "10s"
    healthy  = 1
  }
}

service "failing" {
  cluster       = "web"
  launch_type   = "FARGATE"
  load_balancer = "web"
  path          = "/failing*"
  latency       = "1ms"
  error_share   = "40%"
  start         = "0s"

  health_check {
    interval = "1s"
    timeout  = "10s"
    healthy  = 1
  }
}

service "gone" {
  cluster       = "web"
  launch_type   = "FARGATE"
  tasks         = 0
  load_balancer = "web"
  path          = "/gone*"
}
