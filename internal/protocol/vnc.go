package protocol

import "bytes"

// vnc greets with the version of its protocol in twelve bytes, and so does its client.
var vnc = Protocol{
	Name: "vnc", Title: "VNC (RFB)", Source: "RFC 6143, sections 7.1.1 and 7.1.2", TCPOnly: true,
	Services: []string{"rfb"},
	Usual:    []uint16{5900, 5901, 5902, 5903},
	Answer: func(s Said) (Match, bool) {
		m, ok := rfbVersion(s, Banner)
		if !ok {
			return Match{}, false
		}
		return rfbRefusal(s.Data, m), true
	},
	Opening: func(s Said) (Match, bool) {
		m, ok := rfbVersion(s, Opening)
		return m, ok && len(s.Data) == rfbSize
	},
}

const rfbSize = len("RFB 003.008\n")

func rfbVersion(s Said, kind Kind) (Match, bool) {
	b := s.Data
	if len(b) < rfbSize || !bytes.HasPrefix(b, []byte("RFB ")) || b[7] != '.' || b[11] != '\n' {
		return Match{}, false
	}
	major, n := number(b[4:7])
	minor, k := number(b[8:11])
	if n != 3 || k != 3 || major == 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: kind, To: rfbSize}.with("protocol", string(b[4:11]))
	if minor == 889 {
		m = m.with("variant", "Apple Remote Desktop")
	}
	return m, true
}

// rfbRefusal reads what a server of version 3.3 says in place of a security
// type, as one does that had too many failures: a zero, a length and a reason.
func rfbRefusal(b []byte, m Match) Match {
	zero, _ := be32(b, rfbSize)
	size, ok := be32(b, rfbSize+4)
	reason := b[min(len(b), rfbSize+8):]
	if !ok || zero != 0 || int64(size) != int64(len(reason)) || !textual(reason) {
		return m
	}
	m.To = len(b)
	return m.with("refused", string(reason))
}
