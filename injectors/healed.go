package injectors

import "errors"

// Healed is the error of an Undo that found its target gone for good, and the system whole all the same: an instance that
// was stopped, and that its Auto Scaling group has replaced. Nothing is left in effect, and nothing is as it was.
type Healed struct {
	Why string // what became of the target
}

func (h *Healed) Error() string { return h.Why }

// ErrStays is the error of an Undo that can neither take its fault back nor see whether the system has healed.
var ErrStays = errors.New("nothing takes it back, and nobody can tell whether it has healed")
