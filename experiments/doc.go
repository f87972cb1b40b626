// Package experiments is the life of one experiment, from HCL to verdict.
//
//	file ─read─► Experiment ─MakePlan─► Plan ─Run─► Result
//	                                             │
//	                                             └─► journal ─Rollback─► as it was
//
// The language is in file.go, decode*.go and the files that they call; plan.go settles what can be settled before
// anything is touched; run.go and a file for each phase do it; judge.go, unchanged.go and verdict.go decide how it
// ended, by the times that readings speak of; rollback.go finishes what a crash left, and needs no file for it.
package experiments
