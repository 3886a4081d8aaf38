package protocol

import (
	"bytes"
	"strconv"
	"strings"
)

// nbd greets with its own magic, then with that of its options, or of a server
// from before there were any.
var nbd = Protocol{
	Name: "nbd", Title: "Network block device", Source: "NBD, doc/proto.md, Handshake phase", TCPOnly: true,
	Services: []string{"nbd"},
	Usual:    []uint16{10809},
	Answer:   answerNBD,
}

const (
	nbdMagic    = "NBDMAGIC"
	nbdOptions  = "IHAVEOPT"
	nbdOldMagic = "\x00\x00\x42\x02\x81\x86\x12\x53"
)

func answerNBD(s Said) (Match, bool) {
	if !stream(s) || len(s.Data) < 16 || !bytes.HasPrefix(s.Data, []byte(nbdMagic)) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner}
	switch string(s.Data[8:16]) {
	case nbdOptions:
		m.To = min(len(s.Data), 18)
		flags, _ := be16(s.Data, 16)
		return m.with("negotiation", "newstyle").with("flags", nbdFlags(flags)), true
	case nbdOldMagic: // the device's size, its flags, and 124 zeros
		m.To = min(len(s.Data), 152)
		m = m.with("negotiation", "oldstyle")
		if hi, _ := be32(s.Data, 16); hi < 1<<24 {
			if lo, ok := be32(s.Data, 20); ok {
				m = m.with("size", strconv.FormatUint(uint64(hi)<<32|uint64(lo), 10))
			}
		}
		return m, true
	}
	return Match{}, false
}

func nbdFlags(v int) string {
	var all []string
	if v&1 != 0 {
		all = append(all, "fixed newstyle")
	}
	if v&2 != 0 {
		all = append(all, "no zeroes")
	}
	return strings.Join(all, ", ")
}
