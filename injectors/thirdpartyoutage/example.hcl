# npm is not found any more, and nobody who reads the news notices.
#
#   gameday run --lab --yes example.hcl
#
# In production: baseline = "10m", observe = "15m", recovery = "10m".
experiment "no_npm" {
  description = "The package registry vanishes for a while, and live services do without."
  baseline    = "3s"
  observe     = "6s"
  recovery    = "20s"

  guard {
    max_targets = 1
  }

  inject "third_party_outage" "npm" {
    hosts   = ["registry.npmjs.org", "*.npmjs.org"]
    cluster = "web"
  }

  probe "healthy_targets" "conversations" {
    target_group = "conversations"
    every        = "1s"
    min          = 6
  }
}
