package protocol

import "strconv"

// pptp is asked to start a control connection, which names the server and its
// maker, and then to stop it; no call is made.
var pptp = Protocol{
	Name: "pptp", Title: "PPTP", Source: "RFC 2637, sections 1.4 and 2.1 to 2.4",
	Services: []string{"pptp"},
	Usual:    []uint16{1723},
	Answer:   answerPPTP,
	Opening:  openingPPTP,
	Questions: []Question{{Name: "pptp-sccrq", When: AtHome, Rank: 75, Bytes: askPPTP, Next: func(s Said, step int) []byte {
		if _, ok := answerPPTP(s); !ok || step != 1 {
			return nil
		}
		return append(pptpHeader(16, pptpStop), 1, 0, 0, 0) // no reason
	}}},
}

const (
	pptpLength  = 156
	pptpRequest = 1
	pptpReply   = 2
	pptpStop    = 3
	pptpCookie  = 0x1a2b3c4d
)

// pptpHeader begins a control message: length, kind 1, the magic cookie, type.
func pptpHeader(length, kind uint16) []byte {
	b := be.AppendUint16(be.AppendUint16(nil, length), 1)
	return be.AppendUint16(be.AppendUint16(be.AppendUint32(b, pptpCookie), kind), 0)
}

func askPPTP(Ask) []byte {
	b := append(pptpHeader(pptpLength, pptpRequest), 1, 0, 0, 0) // version 1.0
	b = append(b, 0, 0, 0, 3, 0, 0, 0, 3)                        // any framing, any bearer
	return append(b, make([]byte, pptpLength-len(b))...)
}

// pptpMessage checks a start's header.
func pptpMessage(s Said, kind int) (b []byte, ok bool) {
	n, _ := be16(s.Data, 0)
	message, _ := be16(s.Data, 2)
	cookie, _ := be32(s.Data, 4)
	control, _ := be16(s.Data, 8)
	ok = stream(s) && len(s.Data) >= pptpLength && n == pptpLength && message == 1 && cookie == pptpCookie && control == kind
	return s.Data, ok
}

func answerPPTP(s Said) (Match, bool) {
	b, ok := pptpMessage(s, pptpReply)
	if !ok {
		return Match{}, false
	}
	host, ok1 := padded(b[28:92])
	vendor, ok2 := padded(b[92:156])
	m := Match{Strength: Certain, Kind: Handshake, To: pptpLength}
	if !ok1 || !ok2 { // old servers leave behind the zero what was in memory
		host, _, _ = cString(b[28:92])
		vendor, _, _ = cString(b[92:156])
	}
	if b[14] != 1 {
		m = m.with("result", strconv.Itoa(int(b[14])))
	}
	m = m.with("host", host).with("vendor", vendor)
	firmware, _ := be16(b, 26)
	return m.with("firmware", strconv.Itoa(firmware)), b[14] >= 1 && b[14] <= 5
}

func openingPPTP(s Said) (Match, bool) {
	b, ok := pptpMessage(s, pptpRequest)
	if !ok {
		return Match{}, false
	}
	host, _, _ := cString(b[28:92])
	vendor, _, _ := cString(b[92:156])
	return Match{Strength: Certain, Kind: Opening, To: pptpLength}.with("host", host).with("vendor", vendor), true
}
