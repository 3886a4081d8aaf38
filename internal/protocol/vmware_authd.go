package protocol

import (
	"bytes"
	"strings"
)

// vmwareAuthd greets as FTP does, and then says who it is.
var vmwareAuthd = Protocol{
	Name: "vmware-authd", Title: "VMware authentication daemon", Source: "VMware vSphere documentation, port 902; the daemon's greeting",
	Usual:  []uint16{902, 903, 912},
	Answer: answerVMware,
}

const vmwareGreeting = "220 VMware Authentication Daemon Version "

func answerVMware(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !stream(s) || !whole || !bytes.HasPrefix(line, []byte(vmwareGreeting)) || !printable(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: len(line), Product: "VMware Authentication Daemon"}
	rest := string(line[len(vmwareGreeting):])
	end := strings.IndexAny(rest, ":, ")
	if end < 0 {
		end = len(rest)
	}
	m.Version, rest = rest[:end], strings.TrimLeft(rest[end:], ":, ")
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), ":")
		switch {
		case name == "SSL Required":
			m = m.with("tls", "required")
		case ok && (name == "ServerDaemonProtocol" || name == "MKSDisplayProtocol"):
			m = m.with(strings.ToLower(name), value)
		}
	}
	return m, true
}
