// Package load is placeholder
package load

// Recording is the seam
type Recording struct{}
