package judge

import (
	"fmt"
	"slices"
)

// holder looks at who holds the socket.
func (j *judging) holder() {
	if j.Process == nil {
		j.ownerless()
		return
	}
	p := j.Process
	if j.Verdict != Declared {
		j.carriers()
	}
	if j.Identity.Pretends != "" {
		s := Warning
		if p.ExeWorldWritable || p.ExeDeleted {
			s = Alert
		}
		j.add(s, "masquerade", j.Identity.Evidence+": a program that takes another's name wants not to be seen, or is wrapped")
	}
	if p.ExeDeleted {
		j.add(Warning, "exe-deleted", fmt.Sprintf("the file of the program, %s, is deleted: most often an upgrade since it was started, also what intruders do", p.Exe))
	}
	if p.ExeWorldWritable {
		s := Alert
		if j.Exposure == Loopback {
			s = Warning
		}
		j.add(s, "exe-world-writable", fmt.Sprintf("the program lies in a folder where anyone may write: %s", p.Exe))
	}
}

// unprivileged tells of a port that only root may bind, where nobody is root.
func (j *judging) unprivileged() {
	if j.Process == nil || int(j.o.Key.Port) >= j.h.UnprivilegedStart {
		return
	}
	if root := slices.ContainsFunc(j.o.Processes, func(p Process) bool { return p.UID == 0 }); !root {
		s := Notice
		if j.Verdict == AsAssigned || j.Verdict == Declared {
			s = OK
		}
		j.add(s, "unprivileged-holder", fmt.Sprintf("user %s holds a port under %d (ip_unprivileged_port_start): by a capability, a socket handed over, or rights dropped after the bind", j.Process.User, j.h.UnprivilegedStart))
	}
}

// carriers says of programs that carry others' traffic where to look.
func (j *judging) carriers() {
	switch p := j.Process; {
	case j.Identity.Program.Has("interpreter"):
		text := fmt.Sprintf("%s is an interpreter: what matters is what it runs", p.Program)
		if j.Identity.Script != "" {
			text += ", here " + j.Identity.Script
		}
		j.add(OK, "interpreter", text)
	case j.Identity.Program.Has("proxy"):
		text := fmt.Sprintf("%s (%s) holds the port for something else: look behind it", p.Program, j.Identity.Program.What)
		if to := behind(p.Cmdline); to != "" {
			text += ", at " + to
		}
		j.add(OK, "proxy", text)
	case j.Identity.Program.Has("activator"):
		j.add(OK, "socket-activated", fmt.Sprintf("%s (%s) holds the port and starts a program when someone connects: what that is stands in its configuration", p.Program, j.Identity.Program.What))
	case j.Identity.Program.Has("relay"):
		s := Notice
		if j.Exposure > Loopback {
			s = Warning
		}
		j.add(s, "relay", fmt.Sprintf("%s (%s) may carry anything", p.Program, j.Identity.Program.What))
	}
}

// ownerless judges a socket that no process is seen to hold.
func (j *judging) ownerless() {
	if !j.o.OwnersVisible {
		j.add(OK, "owner-hidden", "its owner can't be seen without more rights")
		return
	}
	if name := kernelService(j.o.Key); name != "" {
		j.add(OK, "kernel", "no process holds it: the kernel's own "+name+" does so")
		return
	}
	j.add(Warning, "no-owner", "no process holds it although all can be seen: a socket of the kernel (lockd and NFS callbacks take any port), or a hidden process")
}
