experimant "bom" {
  probe "gauge" "g" {
    source = "x"
    max    = 1
  }
}
