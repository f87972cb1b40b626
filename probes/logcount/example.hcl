experiment "clean_log" {
  description = "A deployment leaves no errors in the log of the service."

  baseline = "5s"  # production: "5m"
  observe  = "15s" # production: "15m"
  recovery = "30s" # production: "10m"

  guard {
    max_targets = 1
  }

  inject "ecs_deploy" "again" {
    cluster = "web"
    service = "recommendations"
  }

  probe "log_count" "errors" {
    log_group = "/ecs/recommendations"
    pattern   = "?error ?ERROR ?Exception"
    period    = "1s" # production: "30s"
    every     = "1s"
    silence   = "zero" # it logs errors and nothing else
    max       = 0
  }
}
