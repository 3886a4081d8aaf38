package protocol

import "strconv"

// dnp3 is asked for the state of the link alone, at the addresses that devices
// most often have: nobody answers for another's. Every block has a checksum.
var dnp3 = Protocol{
	Name: "dnp3", Title: "DNP3", Source: "IEEE 1815-2012, clauses 9.2 and 13",
	Services:  []string{"dnp"},
	Usual:     []uint16{20000},
	Answer:    answerDNP3,
	Opening:   openingDNP3,
	Questions: []Question{{Name: "dnp3-link-status", When: OnRequest, Rank: 3, Bytes: askDNP3}},
}

const (
	dnp3FromMaster  = 0x80 // direction
	dnp3FromPrimary = 0x40
	dnp3LinkStatus  = 9
)

func askDNP3(Ask) []byte {
	var b []byte
	for _, to := range []uint16{0, 1, 2, 3, 4, 5, 10, 100, 1024, 0xfffc} { // the last is "whoever hears it"
		b = append(b, dnp3Frame(dnp3FromMaster|dnp3FromPrimary|dnp3LinkStatus, to, 1)...)
	}
	return b
}

// dnp3Frame is a header without data.
func dnp3Frame(control byte, to, from uint16) []byte {
	b := []byte{0x05, 0x64, 5, control}
	b = le.AppendUint16(le.AppendUint16(b, to), from)
	return le.AppendUint16(b, dnp3Sum(b))
}

// dnp3Sum is the cyclic redundancy check of DNP (polynomial 0x3d65).
func dnp3Sum(b []byte) uint16 {
	sum := uint16(0)
	for _, c := range b {
		sum ^= uint16(c)
		for range 8 {
			if sum&1 != 0 {
				sum = sum>>1 ^ 0xa6bc
			} else {
				sum >>= 1
			}
		}
	}
	return ^sum
}

// dnp3Header checks the first header of ten bytes.
func dnp3Header(s Said) (control byte, to, from int, ok bool) {
	b := s.Data
	sum, ok := le16(b, 8)
	if !ok || b[0] != 0x05 || b[1] != 0x64 || b[2] < 5 || sum != int(dnp3Sum(b[:8])) {
		return 0, 0, 0, false
	}
	to, _ = le16(b, 4)
	from, _ = le16(b, 6)
	return b[3], to, from, true
}

// answerDNP3 reads what a device says: the state of its link, or unasked that it
// was started.
func answerDNP3(s Said) (Match, bool) {
	control, _, from, ok := dnp3Header(s)
	if !ok || control&dnp3FromMaster != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: 10}
	if s.Question == "dnp3-link-status" {
		m.Kind = Handshake
	}
	return m.with("address", strconv.Itoa(from)), true
}

func openingDNP3(s Said) (Match, bool) {
	control, to, from, ok := dnp3Header(s)
	m := Match{Strength: Certain, Kind: Opening, To: 10}
	m = m.with("address", strconv.Itoa(to)).with("master", strconv.Itoa(from))
	return m.with("function", strconv.Itoa(int(control&15))), ok && control&dnp3FromMaster != 0
}
