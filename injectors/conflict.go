package injectors

import "fmt"

// Conflict is the error of an Undo that found its target changed by somebody else: neither as it was before the fault
// nor as the fault left it. Undo changes nothing then, and trying again does not help: a person has to decide.
type Conflict struct {
	Target string // "the route table of subnet-0abc"
	Was    string // before the fault, as it would be restored
	Left   string // by the fault
	Is     string // now
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("somebody else has changed %s meanwhile: it was %s, the fault made it %s, and now it is %s; it is left as it is", c.Target, c.Was, c.Left, c.Is)
}
