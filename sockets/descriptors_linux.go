package sockets

import (
	"errors"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// worker has buffers that are used again for each process.
type worker struct {
	pass    *pass
	entries []byte   // of getdents
	text    []byte   // of one file
	fds     []uint64 // of one process, or its threads
	inodes  []uint64 // of its sockets
}

// open returns a descriptor of a process's folder. All that is read through it
// is that process's: another that gets the number is not mixed up with it, and
// one that dies gives ESRCH.
func (w *worker) open(pid int) (int, error) {
	return unix.Openat(w.pass.proc, strconv.Itoa(pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}

// process collects the sockets of one process.
func (w *worker) process(pid int) {
	dir, err := w.open(pid)
	if err != nil {
		return // it is gone
	}
	defer unix.Close(dir)
	w.inodes = w.inodes[:0]
	if err := w.descriptors(dir); err != nil {
		if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
			w.pass.refused.Add(1)
		}
		return
	}
	if w.pass.threads {
		w.ownThreads(dir, pid)
	}
	if len(w.inodes) == 0 {
		return
	}
	stat, err := parseStat(w.read(dir, "stat"))
	if err != nil {
		return // it died after its descriptors were read
	}
	h := &holder{pid: pid, stat: stat, inodes: slices.Clone(w.inodes)}
	w.pass.mu.Lock()
	defer w.pass.mu.Unlock()
	w.pass.found = append(w.pass.found, h)
}

// descriptors fills inodes with the sockets that the process holds.
func (w *worker) descriptors(dir int) error {
	fd, err := unix.Openat(dir, "fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if w.fds, err = numberedEntries(fd, w.entries, w.fds[:0]); err != nil {
		return err
	}
	var link [32]byte // "socket:[18446744073709551615]"
	var name [24]byte
	for _, n := range w.fds {
		text := append(strconv.AppendUint(name[:0], n, 10), 0)
		size, err := linkAt(fd, text, link[:])
		if err == unix.EACCES || err == unix.EPERM {
			return err // a process may be listed and yet not looked into
		}
		if err != nil {
			continue // closed meanwhile
		}
		if inode, ok := socketInode(link[:size]); ok {
			w.inodes = append(w.inodes, inode)
		}
	}
	return nil
}

// ownThreads adds the sockets of those threads that do not share the descriptors
// of their process, as where its first thread has ended.
func (w *worker) ownThreads(dir, pid int) {
	task, err := unix.Openat(dir, "task", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(task)
	tids, err := numberedEntries(task, w.entries, nil)
	if err != nil {
		return
	}
	for _, tid := range tids {
		if int(tid) == pid || !w.pass.look.captured() && shareFiles(pid, int(tid)) {
			continue
		}
		if thread, err := unix.Openat(task, strconv.FormatUint(tid, 10), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err == nil {
			_ = w.descriptors(thread)
			unix.Close(thread)
		}
	}
}

// shareFiles reports whether two threads are known to have one descriptor table.
func shareFiles(a, b int) bool {
	const kcmpFiles = 2
	order, _, errno := unix.Syscall6(unix.SYS_KCMP, uintptr(a), uintptr(b), kcmpFiles, 0, 0, 0)
	return errno == 0 && order == 0
}

// numberedEntries appends the entries of a folder whose names are numbers.
func numberedEntries(fd int, buf []byte, list []uint64) ([]uint64, error) {
	for {
		n, err := unix.Getdents(fd, buf)
		if err != nil || n == 0 {
			return list, err
		}
		list = appendNumbered(list, buf[:n])
	}
}
