package reports

// Formats returns every format that a run can be reported in, by the name that users give it.
func Formats() map[string]Reporter {
	return map[string]Reporter{
		"text":     Text,
		"json":     JSON,
		"html":     HTML,
		"junit":    JUnit,
		"markdown": Markdown,
	}
}
