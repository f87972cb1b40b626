package alblatency

import "testing"

func TestPercentile(t *testing.T) {
	for quantile, want := range map[float64]string{
		0.5: "p50", 0.57: "p57", 0.99: "p99", 0.999: "p99.9", 0.9999: "p99.99", 0.29: "p29", 1: "p100", 0.005: "p0.5",
	} {
		if got := (&Probe{Quantile: quantile}).percentile(); got != want {
			t.Errorf("percentile(%v) = %s, want %s", quantile, got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	for quantile, fine := range map[float64]bool{-1: false, 0: false, 0.001: true, 0.99: true, 1: true, 99: false} {
		if got := len((&Probe{Quantile: quantile}).Validate()) == 0; got != fine {
			t.Errorf("quantile %v: fine = %v, want %v", quantile, got, fine)
		}
	}
}
