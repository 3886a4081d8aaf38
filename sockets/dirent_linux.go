package sockets

import (
	"encoding/binary"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// appendNumbered walks linux_dirent64 records: inode 8, offset 8, length 2,
// type 1, name ending in NUL.
func appendNumbered(list []uint64, b []byte) []uint64 {
	const nameAt = 19
	for len(b) > nameAt {
		size := int(binary.NativeEndian.Uint16(b[16:]))
		if size <= nameAt || size > len(b) {
			break
		}
		name := b[nameAt:size]
		for i, c := range name {
			if c == 0 {
				name = name[:i]
				break
			}
		}
		if n, ok := decimal(name); ok {
			list = append(list, n)
		}
		b = b[size:]
	}
	return list
}

// linkAt is unix.Readlinkat for a name that ends in NUL already: one call
// for each descriptor of the machine should not allocate. Nothing in /proc makes
// it wait, so the scheduler is not told either, which costs a tenth of the call.
func linkAt(dir int, name, buf []byte) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_READLINKAT, uintptr(dir), uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
