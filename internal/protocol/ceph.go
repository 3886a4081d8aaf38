package protocol

import "bytes"

// ceph's messenger greets on both sides alike: version 2 with its name and the
// features that it has and wants, version 1 with its name and two addresses.
var ceph = Protocol{
	Name: "ceph", Title: "Ceph messenger", Source: "Ceph documentation, msgr2 protocol, Banner; network protocol, version 1",
	Services: []string{"ceph"},
	Usual:    []uint16{3300, 6789, 6800, 6801, 6802, 6803, 6804},
	Answer:   cephBanner(Banner),
	Opening:  cephBanner(Opening),
}

const (
	cephVersion2 = "ceph v2\n\x10\x00" // and the length of the features
	cephVersion1 = "ceph v027"
)

func cephBanner(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		m := Match{Strength: Certain, Kind: kind}
		switch {
		case !stream(s):
			return Match{}, false
		case bytes.HasPrefix(s.Data, []byte(cephVersion2)):
			m.To = min(len(s.Data), len(cephVersion2)+16)
			return m.with("messenger", "2"), true
		case bytes.HasPrefix(s.Data, []byte(cephVersion1)):
			m.To = len(cephVersion1)
			return m.with("messenger", "1"), true
		}
		return Match{}, false
	}
}
