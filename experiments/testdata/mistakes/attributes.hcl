experiment "attributes" {
  desciption = "Letters are missing."
  baseline   = 60
  observe    = "5 minutes"
  recovery   = "0s"
  colour     = "red"

  guard = { max_targets = 2 }

  inject "instance_kill" "one" {
    cout    = 1
    percent = 34
    mode    = "explode"
    ids     = "i-1"
    tags {
      a = "b"
    }
    seats  = -1
    weight = "heavy"
    grace  = "2h"
    waits  = ["1s", "soon"]
    pace   = "fast"
    start  = ["1s"]
    limit {
      afer = "1s"
    }
    stage {
      rate = "1/s"
    }
    stage "a" {
      rate = "0/s"
      hard = "very"
    }
    stge "b" {
      rate = "1/s"
    }
  }

  inject "instance_kill" "two" {
    cluster  = null
    count    = 1.5
    duration = "1m"
    start    = "-5s"
    ids      = ["i-1", null]
  }

  inject "instance_kill" "three" {
    cluster = "web"
  }

  inject "instance_kill" "four" {
    cluster = "web"
    count   = 1
    percent = "10%"
    tags    = ["a"]
    limit {
      after = "1s"
    }
    limit {
      after = "2s"
    }
  }
}
