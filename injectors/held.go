package injectors

import "fmt"

// HeldBy is what is against a target that carries another run's mark. With two runs on top of each other neither could put
// back what it found, for that was the other one's doing.
func HeldBy(run string) string {
	return fmt.Sprintf("run %s has changed it and not put it back: wait until that is over, or undo it with `gameday rollback` or `gameday rollback --scan`", run)
}
