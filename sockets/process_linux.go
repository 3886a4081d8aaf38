package sockets

import (
	"bytes"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// details reads what is shown of a process; nil when it has gone, or when
// another one has its number by now.
func (w *worker) details(h *holder) *Process {
	dir, err := w.open(h.pid)
	if err != nil {
		return nil
	}
	defer unix.Close(dir)
	if now, err := parseStat(w.read(dir, "stat")); err != nil || now.start != h.stat.start {
		return nil
	}
	p := &Process{PID: h.pid, PPID: h.stat.ppid, Program: h.stat.program, Started: startTime(w.pass.boot, h.stat.start)}
	p.UID, _ = parseUID(w.read(dir, "status"))
	p.User = w.pass.users[p.UID]
	p.Cmdline = parseCmdline(w.read(dir, "cmdline"))
	g := parseCgroup(w.read(dir, "cgroup"))
	p.Cgroup, p.Unit, p.Container = g.path, g.unit, g.container
	w.executable(dir, p)
	return p
}

// read returns a small file of /proc, cut to the size of the buffer. It is valid
// until the next call. The kernel makes such a file whole for one read, so that
// a second one would only find the end.
func (w *worker) read(dir int, name string) []byte {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, w.text)
	if err != nil {
		return nil
	}
	return w.text[:n]
}

// executable reads the path of the program's file, whether that still exists,
// and whether anyone may write beside it.
func (w *worker) executable(dir int, p *Process) {
	n, err := unix.Readlinkat(dir, "exe", w.text)
	if err != nil {
		return
	}
	var st unix.Stat_t
	deleted := []byte(" (deleted)")
	link := w.text[:n]
	if bytes.HasSuffix(link, deleted) && (unix.Fstatat(dir, "exe", &st, 0) != nil || st.Nlink == 0) {
		link, p.ExeDeleted = bytes.TrimSuffix(link, deleted), true
	}
	p.Exe = string(link)
	folder, name := path.Split(p.Exe)
	// The path is one of the process's own mounts.
	if unix.Fstatat(dir, "root"+folder, &st, 0) == nil {
		p.ExeWorldWritable = st.Mode&0o002 != 0
	}
	if p.Program != name && p.Program != "" && !strings.Contains(p.Program, "/") && w.sameFile(dir, "exe", "root"+folder+p.Program) {
		p.ExeAlias = p.Program
	}
}

// sameFile reports whether two paths below a folder lead to one file.
func (w *worker) sameFile(dir int, a, b string) bool {
	var x, y unix.Stat_t
	return unix.Fstatat(dir, a, &x, 0) == nil && unix.Fstatat(dir, b, &y, 0) == nil && x.Ino == y.Ino && x.Dev == y.Dev
}
