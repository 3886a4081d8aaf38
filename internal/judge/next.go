package judge

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// next says what to do about a finding: commands that look, then what would
// end it. Nothing is said of what needs nothing.
func (j *judging) next() {
	if j.Severity == OK {
		return
	}
	if p := j.Process; p != nil {
		j.lookAt(p)
	} else if !j.o.OwnersVisible {
		j.Next = append(j.Next, fmt.Sprintf("sudo portolan check %d    # to see who holds it", j.o.Local.Port()))
	} else {
		j.Next = append(j.Next, fmt.Sprintf("sudo ss -%snpe 'sport = :%d'    # what the kernel says of it", j.flags(), j.o.Local.Port()))
		if j.has("no-owner") {
			j.Next = append(j.Next, "rpcinfo -p    # whether it is the kernel's NFS or lock service")
		}
	}
	if j.has("exposed") || j.has("policy-exposure") {
		j.Next = append(j.Next, "bind it to 127.0.0.1 or to the one address that needs it, or close the port in the firewall")
	}
	if j.has("exe-deleted") && j.Process.Unit != "" {
		j.Next = append(j.Next, "systemctl restart "+shellWord(j.Process.Unit)+"    # if it was upgraded")
	}
	if j.has("in-ephemeral-range") {
		j.Next = append(j.Next, fmt.Sprintf("sysctl -w net.ipv4.ip_local_reserved_ports=%s    # keeps the port for the service", j.reservedWith()))
	}
	if j.Verdict != Declared && j.o.Direction != Outgoing && !j.has("policy-program") {
		j.Next = append(j.Next, fmt.Sprintf("portolan explain %s    # what the port is for; if it is yours, declare it in portolan.toml", j.o.Key))
	}
}

func (j *judging) lookAt(p *Process) {
	switch {
	case p.Container != "":
		j.Next = append(j.Next, "docker inspect "+shellWord(p.Container)+"    # or podman, crictl")
	case p.Unit != "":
		j.Next = append(j.Next, "systemctl status "+shellWord(p.Unit))
	}
	j.Next = append(j.Next, fmt.Sprintf("ps -fp %d; ls -l /proc/%d/exe /proc/%d/cwd    # who it is, and what it runs", p.PID, p.PID, p.PID))
	if j.has("socket-activated") && p.Program == "systemd" {
		j.Next = append(j.Next, fmt.Sprintf("systemctl list-sockets --all | grep ':%d '    # the unit that it holds the port for", j.o.Local.Port()))
	}
	if j.has("proxy") && strings.Contains(p.Program, "docker") {
		j.Next = append(j.Next, fmt.Sprintf("docker ps --filter publish=%d    # the container behind it", j.o.Local.Port()))
	}
	if j.has("interpreter") && path.IsAbs(j.Identity.Script) {
		j.Next = append(j.Next, "less "+shellWord(j.Identity.Script))
	}
}

// flags are ss's for the transport, and for listeners where it is one.
func (j *judging) flags() string {
	s := [...]string{portolan.TCP: "t", portolan.UDP: "u", portolan.SCTP: "S", portolan.DCCP: "d"}[min(j.o.Key.Transport, portolan.DCCP)]
	if j.o.Direction == Listening {
		s += "l"
	}
	return s
}

// shellWord writes a text from outside so that a shell takes it for one word
// and runs nothing of it, whoever chose it; one that could be a flag comes
// behind the end of the flags.
func shellWord(s string) string {
	end := ""
	if strings.HasPrefix(s, "-") {
		end = "-- "
	}
	if s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-") == "" {
		return end + s
	}
	return end + "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (j *judging) has(code string) bool {
	return slices.ContainsFunc(j.Reasons, func(r Reason) bool { return r.Code == code })
}

// reservedWith is the list of reserved ports with this one.
func (j *judging) reservedWith() string {
	s := ""
	for _, r := range j.h.Reserved {
		s += r.String() + ","
	}
	return s + strconv.Itoa(int(j.o.Key.Port))
}
