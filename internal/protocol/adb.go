package protocol

import "bytes"

// adb is only listened for. To a client without a key a device may be open: the
// first message would make us one of its hosts, so that it is not sent.
var adb = Protocol{
	Name: "adb", Title: "Android debug bridge", Source: "Android Open Source Project, adb, protocol.txt",
	Usual:   []uint16{5555},
	Opening: openingADB,
	Silent:  "a device speaks to a host that connects to it, and that would be more than a question",
}

// adbHeader is a header's length: command, two arguments, the length of the
// data, its sum, and the command with every bit turned.
const adbHeader = 24

func openingADB(s Said) (Match, bool) {
	b := s.Data
	n, _ := le32(b, 12)
	if !stream(s) || len(b) < adbHeader || string(b[:4]) != "CNXN" || n > 4096 {
		return Match{}, false
	}
	for i, c := range []byte("CNXN") {
		if b[20+i] != ^c {
			return Match{}, false
		}
	}
	to := min(len(b), adbHeader+int(n))
	host, _, _ := bytes.Cut(b[adbHeader:to], []byte{0})
	return Match{Strength: Certain, Kind: Opening, To: to}.with("host", legibleText(host)), true
}
