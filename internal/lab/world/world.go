// Package world is the inside of the lab's AWS account: everything that exists behind the wire.
//
// It keeps EC2 instances, Auto Scaling groups, ECS clusters and load balancers, moves them through their states
// in real time, and heals what it can, as AWS does. Every exported method is safe for concurrent use; what it returns is a copy
// of the world as it was at that moment, in an order that does not change from call to call.
// What AWS would refuse is refused with an *Error.
package world

// World is a simulated AWS account.
type World struct{}
