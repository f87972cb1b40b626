# Nobody scores comments any more, and nobody who reads the news notices.
#
#   gameday run --lab --yes example.hcl
#
# In production: baseline = "10m", observe = "15m", recovery = "10m".
experiment "no_scores" {
  description = "A third party vanishes for a while, and live services do without."
  baseline    = "3s"
  observe     = "10s"
  recovery    = "20s"

  guard {
    max_targets = 1
  }

  inject "third_party_outage" "scoring" {
    hosts   = ["api.scoring.example", "*.api.scoring.example"]
    cluster = "web"
  }

  probe "healthy_targets" "moderation" {
    target_group = "moderation"
    every        = "1s"
    min          = 2
  }

  # moderation asks the third party now and then, and complains in its log when nobody answers: so the outage is real.
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
