package sockets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// readSysctl reads a file of /proc/sys/net/ipv4 below root.
func readSysctl(root, name string) (string, error) {
	if err := supported("reading " + name); err != nil && (root == "" || root == "/") {
		return "", err
	}
	b, err := os.ReadFile(filepath.Join(root, "/proc/sys/net/ipv4", name))
	return strings.TrimSpace(string(b)), err
}

// EphemeralRange returns the ports that the kernel gives to sockets that ask for
// any (ip_local_port_range). root is "/" but for captured trees. The error wraps
// [errors.ErrUnsupported] on other systems than Linux.
func EphemeralRange(root string) (portolan.Span, error) {
	text, err := readSysctl(root, "ip_local_port_range")
	if err != nil {
		return portolan.Span{}, err
	}
	return parsePortRange(text)
}

func parsePortRange(text string) (portolan.Span, error) {
	f := strings.Fields(text)
	if len(f) != 2 {
		return portolan.Span{}, fmt.Errorf("ip_local_port_range: %.40q is not two ports", text)
	}
	first, err1 := portolan.ParsePort(f[0])
	last, err2 := portolan.ParsePort(f[1])
	if err := errors.Join(err1, err2); err != nil || last < first {
		return portolan.Span{}, fmt.Errorf("ip_local_port_range: %.40q is no range of ports", text)
	}
	return portolan.Span{First: first, Last: last}, nil
}

// ReservedPorts returns the ports that are kept out of the ephemeral range
// (ip_local_reserved_ports). Root and errors as of [EphemeralRange].
func ReservedPorts(root string) ([]portolan.Span, error) {
	text, err := readSysctl(root, "ip_local_reserved_ports")
	if err != nil {
		return nil, err
	}
	return parsePortList(text)
}

// parsePortList reads "1,2-4,10".
func parsePortList(text string) ([]portolan.Span, error) {
	if text == "" {
		return nil, nil
	}
	var all []portolan.Span
	for part := range strings.SplitSeq(text, ",") {
		s, err := portolan.ParseSpan(part)
		if err != nil {
			return nil, fmt.Errorf("ip_local_reserved_ports: %w", err)
		}
		all = append(all, s)
	}
	return all, nil
}

// UnprivilegedStart returns the lowest port that any user may bind
// (ip_unprivileged_port_start), 0 to 65536. Root and errors as of [EphemeralRange].
func UnprivilegedStart(root string) (int, error) {
	text, err := readSysctl(root, "ip_unprivileged_port_start")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(text, 10, 17)
	if err != nil || n > 65536 {
		return 0, fmt.Errorf("ip_unprivileged_port_start: %.40q is no port", text)
	}
	return int(n), nil
}
