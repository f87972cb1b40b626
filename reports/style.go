package reports

// Style is the style sheet of report.html, for pages that are to look like it.
func Style() string { return asset("report.css") }
