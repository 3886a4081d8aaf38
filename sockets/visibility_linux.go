package sockets

import "os"

const (
	capDACReadSearch = 2
	capSysPtrace     = 19
)

// capabilities returns our own, 0 where they can't be read.
func (l *look) capabilities() uint64 {
	status, _ := os.ReadFile(l.proc("self", "status"))
	caps, _ := parseCapabilities(status)
	return caps
}

// visibility counts the sockets without an owner and says why. refused is how
// many processes could not be looked into.
func (l *look) visibility(refused int64) {
	v := &l.table.Visibility
	for i := range l.table.Sockets {
		if l.table.Sockets[i].Inode != 0 {
			v.Sockets++
		}
	}
	caps := l.capabilities()
	privileged := caps&(1<<capSysPtrace) != 0
	v.Full = privileged && refused == 0
	if v.Full && !l.captured() && !inInitialPIDNamespace(l) {
		v.Full = false
		l.because("this program runs in a PID namespace (a container): processes outside it can't be seen")
	}
	n := l.ownerless()
	switch {
	case v.Full:
		if v.Ownerless = n; n > 0 {
			l.because("%d of %d sockets %s held by no process that can be seen although all can: the kernel's own, or a hidden process's", n, v.Sockets, oneOrMore(n, "is", "are"))
		}
		return
	case privileged:
		l.refused(refused, caps)
		if v.Hidden = n; n > 0 {
			l.because("%d of %d sockets %s no visible owner", n, v.Sockets, oneOrMore(n, "has", "have"))
		}
		return
	}
	if v.Hidden = n; n > 0 {
		l.because("%d of %d sockets %s no visible owner: run as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, to see all", n, v.Sockets, oneOrMore(n, "has", "have"))
		l.hidepid()
	}
}

func oneOrMore(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// refused says why processes could not be looked into although we may look into
// those of others.
func (l *look) refused(n int64, caps uint64) {
	switch {
	case n == 0:
	case caps&(1<<capDACReadSearch) == 0:
		l.because("processes that may not be looked into: %d; besides CAP_SYS_PTRACE that needs CAP_DAC_READ_SEARCH", n)
	default:
		l.because("processes that may not be looked into, not even with CAP_SYS_PTRACE: %d (a security module or another user namespace forbids it)", n)
	}
}

// hidepid says so where /proc does not even list the processes of others.
func (l *look) hidepid() {
	text, _ := os.ReadFile(l.proc("self", "mountinfo"))
	if level := parseHidepid(text); level != "" {
		l.because("/proc is mounted with hidepid=%s: users see their own processes only", level)
	}
}

// inInitialPIDNamespace compares our PID namespace with the first one's number
// (PROC_PID_INIT_INO).
func inInitialPIDNamespace(l *look) bool {
	target, err := os.Readlink(l.proc("self", "ns", "pid"))
	if err != nil {
		return true
	}
	n, ok := namespaceInode(target)
	return !ok || n == 0xEFFFFFFC
}
