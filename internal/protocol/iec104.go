package protocol

// iec104 is sent the test frame that both sides send to see whether the other
// is there; its confirmation is six bytes.
var iec104 = Protocol{
	Name: "iec-104", Title: "IEC 60870-5-104", Source: "IEC 60870-5-104, clause 5",
	Services:    []string{"iec-104"},
	TLSServices: []string{"iec-104-sec"},
	Usual:       []uint16{2404, 19998},
	Answer:      answerIEC104,
	Opening:     openingIEC104,
	Questions:   []Question{{Name: "iec-104-test", When: OnRequest, Rank: 7, InTLS: true, Bytes: fixed(iec104Start + "\x43\x00\x00\x00")}},
}

// iec104Start begins a frame of control fields alone.
const iec104Start = "\x68\x04"

func answerIEC104(s Said) (Match, bool) {
	ok := stream(s) && s.Question == "iec-104-test" && len(s.Data) >= 6 && string(s.Data[:6]) == iec104Start+"\x83\x00\x00\x00"
	return Match{Strength: Certain, Kind: Handshake, To: min(6, len(s.Data))}, ok
}

func openingIEC104(s Said) (Match, bool) {
	if !stream(s) || len(s.Data) < 6 {
		return Match{}, false
	}
	asked := map[string]string{
		iec104Start + "\x07\x00\x00\x00": "start", iec104Start + "\x13\x00\x00\x00": "stop", iec104Start + "\x43\x00\x00\x00": "test",
	}[string(s.Data[:6])]
	return Match{Strength: Certain, Kind: Opening, To: 6}.with("asked", asked), asked != ""
}
