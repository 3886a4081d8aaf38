package protocol

import "github.com/portolan/portolan"

// xdmcp is asked whether it would manage a display; it holds nothing for who asks.
var xdmcp = Protocol{
	Name: "xdmcp", Title: "XDMCP", Source: "X Display Manager Control Protocol 1.1, section 5",
	Services: []string{"xdmcp"},
	Usual:    []uint16{177},
	Answer:   answerXDMCP,
	Opening:  openingXDMCP,
	Questions: []Question{
		{Name: "xdmcp-query", Transport: portolan.UDP, When: AtHome, Bytes: fixed("\x00\x01\x00\x02\x00\x01\x00")},
	},
}

const xdmcpHeader = 6

// xdmcpMessage checks version and length, and returns the opcode and the body.
func xdmcpMessage(s Said) (opcode int, body []byte, ok bool) {
	version, _ := be16(s.Data, 0)
	opcode, _ = be16(s.Data, 2)
	size, _ := be16(s.Data, 4)
	if !datagram(s, xdmcpHeader+1) || version != 1 || size != len(s.Data)-xdmcpHeader {
		return 0, nil, false
	}
	return opcode, s.Data[xdmcpHeader:], true
}

// answerXDMCP recognises Willing (authentication, host, status) and Unwilling
// (host, status), whose texts fill the message.
func answerXDMCP(s Said) (Match, bool) {
	opcode, b, ok := xdmcpMessage(s)
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch {
	case !ok:
		return Match{}, false
	case opcode == 5:
		if _, b, ok = tlsVector(b, 2); !ok {
			return Match{}, false
		}
		m = m.with("display", "willing")
	case opcode == 6:
		m = m.with("display", "unwilling")
	default:
		return Match{}, false
	}
	host, b, ok1 := tlsVector(b, 2)
	status, b, ok2 := tlsVector(b, 2)
	if !ok1 || !ok2 || len(b) != 0 || !words(host) || !printable(status) {
		return Match{}, false
	}
	return m.with("host", string(host)).with("status", string(status)), true
}

// openingXDMCP recognises the three queries: a count of authentication names,
// each with its length.
func openingXDMCP(s Said) (Match, bool) {
	opcode, b, ok := xdmcpMessage(s)
	if !ok || opcode < 1 || opcode > 3 {
		return Match{}, false
	}
	names := int(b[0])
	b = b[1:]
	for range names {
		if _, b, ok = tlsVector(b, 2); !ok {
			return Match{}, false
		}
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	return m.with("query", [...]string{"", "broadcast", "direct", "indirect"}[opcode]), len(b) == 0
}
