experiment "wide" {
	/* 三 */ desciption = "tabs and wide letters: 三 é" + unknown
	probe "gauge" "g" { source = nichts.da }
  description = <<-TEXT
    ${var.a}
    text
  TEXT
}
