package protocol

import "bytes"

// ica says its name, again and again, until the client says the same.
var ica = Protocol{
	Name: "ica", Title: "Citrix ICA", Source: "Citrix ICA, the detection string that both sides send first",
	Services: []string{"ica"},
	Usual:    []uint16{1494},
	Answer:   icaDetect(Banner),
	Opening:  icaDetect(Opening),
}

const icaMagic = "\x7f\x7fICA\x00"

func icaDetect(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		ok := stream(s) && bytes.HasPrefix(s.Data, []byte(icaMagic))
		return Match{Strength: Certain, Kind: kind, To: min(len(icaMagic), len(s.Data))}, ok
	}
}
