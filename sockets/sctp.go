package sockets

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// This file knows how the kernel shows SCTP: endpoints, which are sockets, and
// associations, several of which may hang on one socket. It opens nothing.

// associationStates are TCP's words for the states of an association (enum
// sctp_state; RFC 9260, section 4), which are numbered otherwise than a socket's.
var associationStates = [...]State{Closed, SynSent, SynReceived, Established, FinWait1, FinWait2, CloseWait, LastAck}

// associationState names the state of an association by its number.
func associationState(n uint8) State {
	if int(n) < len(associationStates) {
		return associationStates[n]
	}
	return StateUnknown
}

// parseSCTPTable reads /proc/net/sctp/eps or assocs with the parser of its lines.
func parseSCTPTable(name string, text []byte, line func(string) ([]Socket, error)) (list []Socket, bad []*ParseError) {
	n := 0
	for l := range strings.Lines(string(text)) {
		if n++; n == 1 || strings.TrimSpace(l) == "" {
			continue // the head
		}
		got, err := line(l)
		if err != nil {
			bad = append(bad, &ParseError{name, n, strings.TrimSpace(l), err})
		}
		list = append(list, got...)
	}
	return list, bad
}

// parseSCTPEndpoint reads "ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS…": a
// socket for each of its addresses.
func parseSCTPEndpoint(line string) (list []Socket, err error) {
	f := strings.Fields(line)
	if len(f) < 9 {
		return nil, fmt.Errorf("%d fields, want 9 at least", len(f))
	}
	state, err1 := strconv.ParseUint(f[3], 10, 8)
	port, err2 := strconv.ParseUint(f[5], 10, 16)
	uid, err3 := strconv.ParseUint(f[6], 10, 32)
	inode, err4 := strconv.ParseUint(f[7], 10, 64)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	for _, a := range f[8:] {
		addr, err := netip.ParseAddr(a)
		if err != nil {
			return list, err
		}
		s := Socket{Kind: KindSCTP, State: State(state), Local: netip.AddrPortFrom(addr.Unmap(), uint16(port)), UID: uint32(uid), Inode: inode, Group: 1}
		s.settle()
		list = append(list, s)
	}
	return list, nil
}

// parseSCTPAssociation reads "ASSOC SOCK STY SST ST HBKT ASSOC-ID TX_QUEUE
// RX_QUEUE UID INODE LPORT RPORT LADDRS… <-> RADDRS… HBINT …". Of several
// addresses it takes the primary one, which has an asterisk, or the first.
func parseSCTPAssociation(line string) ([]Socket, error) {
	f := strings.Fields(line)
	if len(f) < 16 {
		return nil, fmt.Errorf("%d fields, want 16 at least", len(f))
	}
	var n [13]uint64
	for i, bits := range map[int]int{4: 8, 7: 32, 8: 32, 9: 32, 10: 64, 11: 16, 12: 16} {
		var err error
		if n[i], err = strconv.ParseUint(f[i], 10, bits); err != nil {
			return nil, err
		}
	}
	local, remote, ok := cutFields(f[13:], "<->")
	if !ok {
		return nil, errors.New("no remote addresses")
	}
	near, err1 := primary(local)
	far, err2 := primary(remote)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return []Socket{{Kind: KindSCTP, State: associationState(uint8(n[4])), Local: netip.AddrPortFrom(near, uint16(n[11])), Remote: netip.AddrPortFrom(far, uint16(n[12])),
		UID: uint32(n[9]), Inode: n[10], SendQueue: uint32(n[7]), ReceiveQueue: uint32(n[8]), Group: 1}}, nil
}

func cutFields(f []string, at string) (before, after []string, ok bool) {
	for i := range f {
		if f[i] == at {
			return f[:i], f[i+1:], true
		}
	}
	return nil, nil, false
}

// primary returns the address with an asterisk, else the first. What stands
// behind the addresses is no address and is not looked at.
func primary(list []string) (netip.Addr, error) {
	for _, text := range list {
		if a, ok := strings.CutPrefix(text, "*"); ok {
			addr, err := netip.ParseAddr(a)
			return addr.Unmap(), err
		}
	}
	if len(list) == 0 {
		return netip.Addr{}, errors.New("no address")
	}
	addr, err := netip.ParseAddr(list[0])
	return addr.Unmap(), err
}
