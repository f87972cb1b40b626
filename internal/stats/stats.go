// Package stats decides whether a fault phase was worse than the baseline before it, and how sure that is.
//
// There is one question for each sort of measurement: events out of opportunities (errors of requests) go to
// RateRise, measured values (latencies) to RankSumRise, and Shift says by how much they moved.
//
// Both tests are one-sided and exact for small samples. Their answer p is the chance of seeing a rise at least as
// clear as this one if nothing had changed: compare it with 1 - confidence. Swap baseline and fault to ask for a
// fall. Ranks of a few readings may be unable to say anything at all; RankSumFloor and RankSumNeed tell so before
// any reading is taken.
//
// What p rests on: that events come one by one, and that readings do not hang together. Errors that come in bursts
// and latencies that drift rise by chance more often than p says, which is what a margin, the smallest rise that
// matters, is for.
package stats
