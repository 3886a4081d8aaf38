package protocol

import "bytes"

// socks5 is offered no way of proving who asks but none.
var socks5 = Protocol{
	Name: "socks5", Title: "SOCKS 5", Source: "RFC 1928, section 3", TCPOnly: true,
	Services: []string{"socks"},
	Usual:    []uint16{1080, 9050, 9150},
	Outranks: []string{"http"},
	Answer: func(s Said) (Match, bool) {
		m := Match{Strength: Likely, Kind: Handshake, To: len(s.Data)}
		switch {
		case bytes.HasPrefix(s.Data, []byte("HTTP/1.0 501 Tor is not an HTTP Proxy")):
			m.Strength, m.Kind, m.Product = Certain, ErrorText, "Tor"
			return m, true
		case s.Question != "socks5-greeting" || len(s.Data) != 2 || s.Data[0] != 5:
			return Match{}, false
		case s.Data[1] == 0:
			return m.with("auth", "none"), true
		case s.Data[1] == 0xff:
			return m.with("auth", "required"), true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		ok := len(s.Data) >= 3 && s.Data[0] == 5 && s.Data[1] > 0 && len(s.Data) == 2+int(s.Data[1])
		for _, method := range s.Data[min(2, len(s.Data)):] {
			ok = ok && (method < 10 || method >= 0x80)
		}
		return Match{Strength: Likely, Kind: Opening, To: len(s.Data)}, ok
	},
	Questions: []Question{{Name: "socks5-greeting", When: Anywhere, Rank: 38, Bytes: fixed("\x05\x01\x00")}},
}

// socks4 is asked for a connection to nowhere, which it must refuse.
var socks4 = Protocol{
	Name: "socks4", Title: "SOCKS 4", Source: "SOCKS: a protocol for TCP proxy across firewalls", TCPOnly: true,
	Services: []string{"socks"},
	Usual:    []uint16{1080},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		ok := s.Question == "socks4-nowhere" && len(b) == 8 && b[0] == 0 && b[1] >= 0x5b && b[1] <= 0x5d
		return Match{Strength: Certain, Kind: Handshake, To: len(b)}, ok
	},
	Opening: func(s Said) (Match, bool) {
		b := s.Data
		ok := len(b) >= 9 && b[0] == 4 && (b[1] == 1 || b[1] == 2) && b[len(b)-1] == 0 && textual(append([]byte{' '}, bytes.ReplaceAll(b[8:], []byte{0}, []byte{' '})...))
		return Match{Strength: Certain, Kind: Opening, To: len(b)}, ok
	},
	// Port 0 of 0.0.0.0: there is nobody whom the proxy could ask.
	Questions: []Question{{Name: "socks4-nowhere", When: AtHome, Rank: 39, Bytes: fixed("\x04\x01\x00\x00\x00\x00\x00\x00\x00")}},
}
