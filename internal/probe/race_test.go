//go:build race

package probe

// raceFactor is how much more memory a program may take that the race detector
// watches (it takes five to ten times as much).
const raceFactor = 5
