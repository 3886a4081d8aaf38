//go:build unix

package sweep

import "golang.org/x/sys/unix"

// spare is how many descriptors are left to the rest of the program, where there
// are so many.
const spare = 64

// descriptors is how many more a sweep may open; 0 where that is not known.
func descriptors() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil || l.Cur > 1<<20 {
		return 0
	}
	return max(1, int(l.Cur)/2, int(l.Cur)-spare)
}
