package protocol

import (
	"strconv"
	"strings"
)

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
	telnetSE  = 240
	telnetSB  = 250
	telnetIAC = 255
)

func telnetNegotiation(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		b := s.Data
		at, verbs := 0, 0
		var options []string
		for at+2 < len(b) && b[at] == telnetIAC && b[at+1] >= telnetSB && b[at+1] < telnetIAC && isTelnetOption(b[at+2]) {
			if verbs++; verbs <= 12 {
				options = append(options, strconv.Itoa(int(b[at+2])))
			}
			verb := b[at+1]
			at += 3
			if verb == telnetSB {
				at = telnetSubEnd(b, at)
			}
		}
		if verbs == 0 {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: at}
		if verbs == 1 {
			m.Strength = Likely
		}
		return m.with("options", strings.Join(options, " ")), true
	}
}

// telnetSubEnd is where a subnegotiation that goes on at i ends, cut or not.
func telnetSubEnd(b []byte, i int) int {
	for ; i+1 < len(b); i++ {
		if b[i] == telnetIAC && b[i+1] == telnetSE {
			return i + 2
		}
	}
	return len(b)
}

// isTelnetOption reports whether an option is registered: what stands between
// 50 and 137 is not, nor is most of the rest.
func isTelnetOption(c byte) bool { return c < 50 || c >= 138 && c <= 140 || c == 255 }
