//go:build !race

package probe

const raceFactor = 1
