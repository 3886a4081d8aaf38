package protocol

import "bytes"

// rtmp is given 1,536 bytes, which the server repeats behind as many of its own.
// The commands that come next, of which the first connects, are not sent.
var rtmp = Protocol{
	Name: "rtmp", Title: "RTMP", Source: "Adobe's Real Time Messaging Protocol, section 5.2",
	Services:  []string{"macromedia-fcs"},
	Usual:     []uint16{1935},
	Answer:    answerRTMP,
	Opening:   openingRTMP,
	Questions: []Question{{Name: "rtmp-c0c1", When: AtHome, Rank: 78, Bytes: askRTMP}},
}

// rtmpSize is how long each side's part is: a time, four bytes that are zero or
// a version, and what is repeated.
const rtmpSize = 1536

func askRTMP(a Ask) []byte {
	b := make([]byte, 1+8, 1+rtmpSize)
	b[0] = 3
	for len(b) < 1+rtmpSize {
		b = append(b, a.Nonce[:min(NonceSize, 1+rtmpSize-len(b))]...)
	}
	return b
}

func answerRTMP(s Said) (Match, bool) {
	if !stream(s) || s.Question != "rtmp-c0c1" || len(s.Data) < 1+2*rtmpSize || s.Data[0] != 3 {
		return Match{}, false
	}
	// Some servers repeat ours in place of their own part too: an echo would say it
	// once.
	ours := askRTMP(Ask{Nonce: s.Nonce})[1:]
	ok := bytes.Equal(s.Data[1+rtmpSize+8:1+2*rtmpSize], ours[8:])
	return Match{Strength: Certain, Kind: Handshake, To: 1 + 2*rtmpSize}, ok
}

// openingRTMP recognises a client's part by its length: all of it but the first
// byte is the client's to choose.
func openingRTMP(s Said) (Match, bool) {
	if !stream(s) || len(s.Data) != 1+rtmpSize || s.Data[0] != 3 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}
	if !bytes.Equal(s.Data[5:9], make([]byte, 4)) {
		m.Strength = Hint // the player's version; the document has zeros
	}
	return m, true
}
