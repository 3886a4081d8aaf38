package sockets

import "strings"

// cgroup is what /proc/PID/cgroup says of where a process belongs.
type cgroup struct {
	path      string // in the hierarchy that systemd uses
	unit      string
	container string
}

// parseCgroup reads /proc/PID/cgroup of version 1, 2 or both: lines of
// "number:controllers:path".
func parseCgroup(text []byte) (g cgroup) {
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), ":", 3)
		if len(f) != 3 || f[2] == "" {
			continue
		}
		if f[1] == "name=systemd" || f[1] == "" && (g.path == "" || g.path == "/") || g.path == "" {
			g.path = f[2]
		}
		if g.container == "" {
			g.container = containerOf(f[2])
		}
	}
	g.unit = unitOf(g.path)
	return g
}

// containerOf finds the 64 hexadecimal digits by which Docker, containerd, CRI-O
// and Podman name a container, in all forms of path that they use
// ("docker-<id>.scope", "/docker/<id>", "cri-containerd-<id>.scope",
// "libpod-<id>"), or the name of an LXC container ("/lxc.payload.web/…", "/lxc/web").
func containerOf(path string) string {
	const digits, shown = 64, 12 // as the runtimes' own commands show it
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "libpod-conmon-") || strings.HasPrefix(part, "crio-conmon-") {
			continue // the monitor of a container, which is outside it
		}
		id := strings.TrimSuffix(part, ".scope")
		if i := strings.LastIndexAny(id, "-:_"); i >= 0 {
			id = id[i+1:]
		}
		if len(id) == digits && strings.Trim(id, "0123456789abcdef") == "" {
			return id[:shown]
		}
	}
	for _, before := range [...]string{"/lxc.payload.", "/lxc.payload/", "/lxc/"} {
		if _, after, ok := strings.Cut(path, before); ok {
			name, _, _ := strings.Cut(after, "/")
			return name
		}
	}
	return ""
}

// unitOf returns the innermost systemd unit of a path that runs programs: a
// service, or a scope that is no session and no container's.
func unitOf(path string) string {
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		p := parts[i] // as systemctl takes it, escapes and all
		switch {
		case strings.HasSuffix(p, ".service") && !strings.HasPrefix(p, "user@"):
			return p
		case strings.HasSuffix(p, ".scope") && containerOf("/"+parts[i]) == "" && p != "init.scope":
			return p
		}
	}
	return ""
}
