package protocol

import "strconv"

// telnet is known by its negotiation: IAC, a verb and an option. Lines of text
// alone, a login prompt among them, are nobody's.
var telnet = Protocol{
	Name: "telnet", Title: "TELNET", Source: "RFC 854; RFC 855; IANA, TELNET Options", TCPOnly: true,
	Services: []string{"telnet"}, TLSServices: []string{"telnets"},
	Usual:   []uint16{23, 2323, 992},
	Answer:  telnetNegotiation(Banner),
	Opening: telnetNegotiation(Opening),
}

const (
	telnetIAC = 255
	telnetSE  = 240
	telnetSB  = 250
)

func telnetNegotiation(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		b := s.Data
		at, verbs, options := 0, 0, ""
		for at+2 < len(b) && b[at] == telnetIAC {
			verb, option := b[at+1], b[at+2]
			switch {
			case verb > telnetSB && verb < telnetIAC && (option < 50 || option >= 138 && option <= 140 || option == 255):
				if verbs++; verbs <= 12 {
					options += strconv.Itoa(int(option)) + " "
				}
				at += 3
				continue
			case verb == telnetSB:
				for at += 3; at+1 < len(b) && (b[at] != telnetIAC || b[at+1] != telnetSE); at++ {
				}
				at += 2
				continue
			}
			break
		}
		if verbs == 0 {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: min(at, len(b))}
		if verbs == 1 {
			m.Strength = Likely
		}
		return m.with("options", options), true
	}
}
