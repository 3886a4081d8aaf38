package protocol

import "bytes"

// netbiosSSN is asked for a session with a name that no host has; it refuses in
// five bytes that say why.
var netbiosSSN = Protocol{
	Name: "netbios-ssn", Title: "NetBIOS session service", Source: "RFC 1002, sections 4.3.1 to 4.3.4", TCPOnly: true,
	Services: []string{"netbios-ssn"},
	Usual:    []uint16{139},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
		if s.Question != "netbios-session-request" {
			return Match{}, false
		}
		switch {
		case bytes.HasPrefix(b, []byte("\x83\x00\x00\x01")) && len(b) == 5:
			why := map[byte]string{0x80: "not listening on called name", 0x81: "not listening for calling name", 0x82: "called name not present", 0x83: "insufficient resources", 0x8f: "unspecified"}[b[4]]
			return m.with("refusal", why), why != ""
		case bytes.Equal(b, []byte("\x82\x00\x00\x00")):
			m.Strength = Likely
			return m, true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		ok := len(s.Data) >= 72 && bytes.HasPrefix(s.Data, []byte("\x81\x00\x00\x44\x20"))
		return Match{Strength: Certain, Kind: Opening, To: min(72, len(s.Data))}, ok
	},
	Questions: []Question{{Name: "netbios-session-request", When: AtHome, Rank: 68, Bytes: func(Ask) []byte {
		b := []byte("\x81\x00\x00\x44")
		for range 2 {
			b = append(b, 0x20)
			for _, c := range "PORTOLANPROBE   " {
				b = append(b, 'A'+byte(c)>>4, 'A'+byte(c)&15)
			}
			b = append(b, 0)
		}
		return b
	}}},
}
