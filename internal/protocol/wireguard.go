package protocol

// wireguard has messages of four types, of fixed lengths (all but the last).
var wireguard = Protocol{
	Name: "wireguard", Title: "WireGuard", Source: "WireGuard: Next Generation Kernel Network Tunnel, section 5.4",
	Usual:   []uint16{51820},
	Opening: openingWireGuard,
	Silent:  "it is silent to everybody who does not know its public key",
}

// openingWireGuard recognises an initiation of a handshake, whose last 16 bytes
// are zero but for a server under load, and data of a tunnel that was.
func openingWireGuard(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 32) || !zeros(b[1:4]) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	switch {
	case b[0] == 1 && len(b) == 148:
		if zeros(b[132:]) {
			m.Strength = Certain
		}
		return m.with("message", "initiation"), true
	case b[0] == 2 && len(b) == 92:
		return m.with("message", "response"), true
	case b[0] == 3 && len(b) == 64:
		return m.with("message", "cookie"), true
	case b[0] == 4 && len(b)%16 == 0 && zeros(b[12:16]): // no tunnel counts to 2^32
		m.Strength = Hint
		return m.with("message", "data"), true
	}
	return Match{}, false
}
