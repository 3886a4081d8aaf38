package protocol

import (
	"bytes"
	"net/netip"
	"strconv"
)

// bgp speaks first to whom it has for a neighbour, or says why it will not; to
// others most routers say nothing.
var bgp = Protocol{
	Name: "bgp", Title: "BGP", Source: "RFC 4271, section 4; RFC 4486; RFC 6793",
	Services: []string{"bgp"},
	Usual:    []uint16{179},
	Answer:   bgpMessage(Banner),
	Opening:  bgpMessage(Opening),
}

const (
	bgpHeader       = 19
	bgpOpen         = 1
	bgpNotification = 3
)

// bgpCeases are why a session ends that was not at fault.
var bgpCeases = map[int]string{
	1: "maximum number of prefixes", 2: "administrative shutdown", 3: "peer de-configured", 4: "administrative reset",
	5: "connection rejected", 6: "other configuration change", 7: "connection collision", 8: "out of resources",
}

var bgpErrors = map[int]string{
	1: "message header error", 2: "OPEN message error", 3: "UPDATE message error", 4: "hold timer expired",
	5: "finite state machine error", 6: "cease",
}

// bgpMessage recognises an OPEN or a NOTIFICATION behind a marker of ones.
func bgpMessage(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		n, _ := be16(s.Data, 16)
		if !stream(s) || n < bgpHeader || n > 4096 || len(s.Data) < n || !bytes.Equal(s.Data[:16], bytes.Repeat([]byte{0xff}, 16)) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: n}
		b := s.Data[bgpHeader:n]
		switch s.Data[18] {
		case bgpOpen:
			return bgpOpened(b, m)
		case bgpNotification:
			if len(b) < 2 || bgpErrors[int(b[0])] == "" {
				return Match{}, false
			}
			m = m.with("error", bgpErrors[int(b[0])])
			if b[0] == 6 {
				m = m.with("reason", bgpCeases[int(b[1])])
			}
			return m, true
		}
		return Match{}, false
	}
}

// bgpOpened reads version, number of the system, hold time, name of the router
// and its parameters, among which a number of four bytes may be.
func bgpOpened(b []byte, m Match) (Match, bool) {
	if len(b) < 10 || b[0] != 4 || b[9] != 255 && int(b[9]) != len(b)-10 {
		return Match{}, false
	}
	as, _ := be16(b, 1)
	number := uint32(as)
	if v, ok := bgpLongNumber(b[10:]); ok {
		number = v
	}
	router := netip.AddrFrom4([4]byte(b[5:9]))
	return m.with("as", strconv.FormatUint(uint64(number), 10)).with("router", router.String()), true
}

// bgpLongNumber finds the number of four bytes (65) among the capabilities,
// which are parameters of kind 2.
func bgpLongNumber(b []byte) (number uint32, ok bool) {
	for len(b) >= 2 && len(b) >= 2+int(b[1]) {
		kind, list := b[0], b[2:2+int(b[1])]
		b = b[2+len(list):]
		for kind == 2 && len(list) >= 2 && len(list) >= 2+int(list[1]) {
			if list[0] == 65 && list[1] == 4 {
				return be32(list, 2)
			}
			list = list[2+int(list[1]):]
		}
	}
	return 0, false
}
