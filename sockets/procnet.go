package sockets

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// This file reads the tables of /proc/net (proc(5)), for where sock_diag is
// refused, and opens nothing.

// ParseError says which line of which file could not be read.
type ParseError struct {
	Source string
	Line   int
	Text   string
	Err    error
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d: %v: %.160q", e.Source, e.Line, e.Err, e.Text)
}

func (e *ParseError) Unwrap() error { return e.Err }

// parseProcNet reads one table: tcp, tcp6, udp, udp6, udplite, udplite6, raw or
// raw6. A line that can't be read is skipped and returned, so that one odd line
// does not hide the others.
func parseProcNet(name string, kind Kind, text []byte) (list []Socket, bad []*ParseError) {
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; n == 1 || strings.TrimSpace(line) == "" {
			continue // the head
		}
		s, err := parseProcNetLine(kind, line)
		if err != nil {
			bad = append(bad, &ParseError{name, n, strings.TrimSpace(line), err})
			continue
		}
		list = append(list, s)
	}
	return list, bad
}

// parseProcNetLine reads "sl local rem st tx:rx tr:when retrnsmt uid timeout inode …".
func parseProcNetLine(kind Kind, line string) (s Socket, err error) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return s, fmt.Errorf("%d fields, want 10 at least", len(f))
	}
	var v6 bool
	if s.Local, v6, err = parseProcAddr(f[1]); err != nil {
		return s, err
	}
	if s.Remote, _, err = parseProcAddr(f[2]); err != nil {
		return s, err
	}
	state, err := strconv.ParseUint(f[3], 16, 8)
	if err != nil {
		return s, err
	}
	tx, rx, _ := strings.Cut(f[4], ":")
	uid, err1 := strconv.ParseUint(f[7], 10, 32)
	inode, err2 := strconv.ParseUint(f[9], 10, 64)
	txn, err3 := strconv.ParseUint(tx, 16, 32)
	rxn, err4 := strconv.ParseUint(rx, 16, 32)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return s, err
	}
	s.Kind, s.State, s.Group = kind, State(state), 1
	s.UID, s.Inode, s.SendQueue, s.ReceiveQueue = uint32(uid), inode, uint32(txn), uint32(rxn)
	s.DualStack = v6 && s.Local.Addr() == netip.IPv6Unspecified()
	s.settle()
	return s, nil
}

// parseProcAddr reads "0100007F:0016": words of the host's byte order, the port
// in plain hexadecimal.
func parseProcAddr(text string) (a netip.AddrPort, v6 bool, err error) {
	host, port, ok := strings.Cut(text, ":")
	if !ok {
		return a, false, fmt.Errorf("address %q has no port", text)
	}
	p, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return a, false, err
	}
	b, err := hex.DecodeString(host)
	if err != nil {
		return a, false, err
	}
	if len(b) != 4 && len(b) != 16 {
		return a, false, fmt.Errorf("address %q has %d bytes", text, len(b))
	}
	for i := 0; i < len(b); i += 4 {
		// The kernel prints each word as a number of its own order.
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	addr, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(addr.Unmap(), uint16(p)), len(b) == 16, nil
}

// parseProtocols reads /proc/net/protocols: "protocol size sockets memory …".
// It returns how many sockets each protocol has, -1 where the kernel does not count.
func parseProtocols(text []byte) map[string]int {
	used := map[string]int{}
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; n == 1 {
			continue
		}
		if f := strings.Fields(line); len(f) > 2 {
			if count, err := strconv.Atoi(f[2]); err == nil {
				used[f[0]] = count
			}
		}
	}
	return used
}
