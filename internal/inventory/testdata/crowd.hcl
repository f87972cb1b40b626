# More of everything than one call lists or describes.

account = "123456789012"
region  = "eu-west-1"
zones   = ["a", "b"]

cluster "web" {}

service "crowd" {
  launch_type = "FARGATE"
  tasks       = 120
  start       = "10ms"
}

service "s01" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s02" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s03" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s04" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s05" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s06" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s07" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s08" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s09" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s10" {
  launch_type = "FARGATE"
  start       = "10ms"
}

service "s11" {
  launch_type = "FARGATE"
  start       = "10ms"
}
