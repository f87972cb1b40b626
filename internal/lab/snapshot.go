package lab

import "gameday/internal/lab/world"

// Snapshot tells what an experiment could have changed in the account, as it is now; world.Snapshot says what is left out.
// Two snapshots of a settled account differ only by what somebody did to it:
//
//	before := l.Snapshot()
//	...
//	for _, change := range before.Diff(l.Snapshot()) {
//		t.Error(change)
//	}
func (l *Lab) Snapshot() world.Snapshot { return l.World.Snapshot() }
