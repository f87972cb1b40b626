# The private subnets lose their way out to the internet, and nobody who reads the news notices.
#
#   gameday run --lab --yes example.hcl
#
# In production: baseline = "10m", observe = "15m", recovery = "10m", and a look at what plan warns of first.
experiment "no_way_out" {
  description = "The NAT gateways are gone for a while, and live services do without the internet."
  baseline    = "3s"
  observe     = "10s"
  recovery    = "20s"

  guard {
    max_targets = 3
  }

  inject "nat_cutoff" "private" {
    cluster = "web"
  }

  probe "healthy_targets" "conversations" {
    target_group = "conversations"
    every        = "1s"
    min          = 6
  }

  # moderation asks a third party now and then, and complains in its log when nobody answers: so the cut is real.
  probe "log_count" "complaints" {
    log_group = "/ecs/moderation"
    pattern   = "\"error: request to\""
    period    = "1s" # production: "30s"
    every     = "1s"
    silence   = "zero" # it logs errors and nothing else
    max       = 0
    proof     = true
  }
}
