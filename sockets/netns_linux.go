package sockets

import (
	"cmp"
	"os"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// namespaceFile is a network namespace and a file that stands for it.
type namespaceFile struct {
	*Namespace
	path string
}

// others finds the network namespaces besides our own: the named ones of
// /run/netns, then those of running processes. One that neither names nor
// holds a process (only a socket, or a mount elsewhere) can't be found.
func (l *look) others(own uint64) []namespaceFile {
	seen := map[uint64]bool{own: true}
	var all []namespaceFile
	add := func(path, name string, inode uint64) {
		if inode != 0 && !seen[inode] {
			seen[inode] = true
			all = append(all, namespaceFile{&Namespace{Inode: inode, Name: name}, path})
		}
	}
	named, _ := os.ReadDir("/run/netns")
	for _, e := range named {
		path := "/run/netns/" + e.Name()
		add(path, e.Name(), fileInode(path))
	}
	processes, err := os.ReadDir(l.proc())
	if err != nil {
		l.because("namespaces of processes could not be listed: %v", err)
	}
	slices.SortFunc(processes, func(a, b os.DirEntry) int {
		return cmp.Or(cmp.Compare(len(a.Name()), len(b.Name())), cmp.Compare(a.Name(), b.Name()))
	})
	hidden := 0
	for _, e := range processes {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		path := l.proc(e.Name(), "ns", "net")
		target, err := os.Readlink(path)
		if os.IsPermission(err) {
			hidden++
		}
		if inode, ok := namespaceInode(target); ok {
			add(path, "pid "+e.Name(), inode)
		}
	}
	if hidden > 0 {
		l.because("the namespaces of %d processes may not be seen: run as root to look into all", hidden)
	}
	return all
}

// fileInode returns the inode of a file, 0 where it can't be had. A file of
// /run/netns has the inode of its namespace once that is mounted on it.
func fileInode(path string) uint64 {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return 0
	}
	return st.Ino
}

// inside runs f on a thread in a namespace. The thread is never unlocked: it ends
// with its goroutine, so that nothing else runs in the wrong namespace.
func inside(path string, f func() error) error {
	ns, err := os.Open(path)
	if err != nil {
		return err
	}
	defer ns.Close()
	return onThread(func() error {
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return os.NewSyscallError("setns", err)
		}
		return f()
	})
}

// onThread runs f on a thread of its own.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			done <- f()
			return
		}
		// The main thread can't end. While it is held here another takes the work.
		done <- onThread(f)
		runtime.UnlockOSThread()
	}()
	return <-done
}
