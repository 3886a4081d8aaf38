package protocol

import "bytes"

// nbd greets with its magic and that of its options.
var nbd = Protocol{
	Name: "nbd", Title: "Network block device", Source: "NBD, doc/proto.md, Handshake phase", TCPOnly: true,
	Services: []string{"nbd"},
	Usual:    []uint16{10809},
	Answer: func(s Said) (Match, bool) {
		m := Match{Strength: Certain, Kind: Banner, To: min(len(s.Data), 18)}
		if !bytes.HasPrefix(s.Data, []byte("NBDMAGIC")) || len(s.Data) < 16 {
			return Match{}, false
		}
		switch {
		case bytes.Equal(s.Data[8:16], []byte("IHAVEOPT")):
			return m.with("negotiation", "newstyle"), true
		case bytes.Equal(s.Data[8:16], []byte("\x00\x00\x42\x02\x81\x86\x12\x53")):
			return m.with("negotiation", "oldstyle"), true
		}
		return Match{}, false
	},
}
