package load

import (
	"testing"
	"time"
)

func TestAlarmsGoOff(t *testing.T) {
	for name, a := range map[string]alarm{"of this system": newAlarm(), "of Go": newClock()} {
		t.Run(name, func(t *testing.T) {
			defer a.close()
			begun := time.Now()
			for range 3 {
				a.wait(5 * time.Millisecond)
			}
			if took := time.Since(begun); took < 5*time.Millisecond {
				t.Errorf("three waits of 5 ms took %s", took)
			}
			a.wake()
			a.wait(forever) // is woken already
			woken := make(chan struct{})
			go func() {
				a.wait(forever)
				a.wait(forever)
				close(woken)
			}()
			until(t, "it to be woken", func() bool {
				a.wake()
				select {
				case <-woken:
					return true
				default:
					return false
				}
			})
		})
	}
}
