package experiments_test

import "testing"

// BenchmarkParse is what `gameday validate` costs beyond starting the process.
func BenchmarkParse(b *testing.B) {
	inTestdata(b, "valid")
	b.ReportAllocs()
	for b.Loop() {
		if file, diags := read(b, "everything.hcl"); file == nil {
			b.Fatal(text(b, diags))
		}
	}
}
