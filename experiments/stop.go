package experiments

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gameday/internal/journal"
)

// stopFile in a run's folder asks the run to stop. A file reaches a run in another container or of another user as well as one
// in the next terminal, and cannot hit a stranger as a signal to a reused process id can.
const stopFile = "stop"

// stopLook is how often a run looks whether it was asked to stop.
const stopLook = 250 * time.Millisecond

// ErrOver says that a run is not going on any more.
var ErrOver = errors.New("the run is over")

// Stop asks the run in dir to stop and to put everything back. It does not wait for that; ErrOver says that there was
// nothing to stop.
func Stop(dir string) error {
	alive, err := journal.Locked(dir)
	if err != nil {
		return err
	}
	if !alive {
		return ErrOver
	}
	if err := os.WriteFile(filepath.Join(dir, stopFile), nil, 0o600); err != nil {
		return fmt.Errorf("ask the run to stop: %w", err)
	}
	return nil
}

// obey cancels the run once somebody has asked for that with Stop.
func (x *execution) obey(ctx context.Context, cancel context.CancelCauseFunc) {
	look := time.NewTicker(stopLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if _, err := os.Stat(filepath.Join(x.options.Dir, stopFile)); err == nil {
			cancel(ErrOperator)
			return
		}
	}
}
