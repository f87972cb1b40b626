# One service with room for the story's peak, 400,000 requests a minute, at a latency that is always the same:
# what a request takes longer than that is what the lab has added.

cluster "web" {}

auto_scaling_group "web" {
  cluster = "web"
  min     = 6
  desired = 6
  max     = 6
}

load_balancer "web" {}

service "web" {
  tasks         = 6
  load_balancer = "web"
  path          = "/*"
  latency       = "20ms"
  workers       = 128
  body          = 1024
}
