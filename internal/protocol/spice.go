package protocol

import "strconv"

// spice is asked for a link in a version that is none, which it must refuse; no
// channel is opened and no ticket is sent.
var spice = Protocol{
	Name: "spice", Title: "SPICE", Source: "SPICE remote computing protocol definition 1.0, section 11.4; spice-protocol, spice/protocol.h",
	Usual:     []uint16{5900, 5901, 5930},
	Answer:    answerSPICE,
	Opening:   openingSPICE,
	Questions: []Question{{Name: "spice-link", When: AtHome, Rank: 79, Bytes: askSPICE}},
}

const spiceMagic = "REDQ"

// spiceErrors are the answers to a link.
var spiceErrors = map[int]string{
	0: "ok", 1: "error", 2: "invalid magic", 3: "invalid data", 4: "version mismatch", 5: "need secured",
	6: "need unsecured", 7: "permission denied", 8: "bad connection id", 9: "channel not available",
}

// askSPICE is a link of version 255 to the main channel, without capabilities.
func askSPICE(Ask) []byte {
	b := []byte(spiceMagic)
	for _, v := range []uint32{255, 0, 18, 0} {
		b = le.AppendUint32(b, v)
	}
	b = append(b, 1, 0)
	for _, v := range []uint32{0, 0, 18} {
		b = le.AppendUint32(b, v)
	}
	return b
}

// spiceMessage checks a header: magic, version, length.
func spiceMessage(s Said) (body []byte, version string, ok bool) {
	major, _ := le32(s.Data, 4)
	minor, _ := le32(s.Data, 8)
	n, _ := le32(s.Data, 12)
	if !stream(s) || len(s.Data) < 20 || string(s.Data[:4]) != spiceMagic || int64(n) != int64(len(s.Data)-16) {
		return nil, "", false
	}
	return s.Data[16:], strconv.Itoa(int(major)) + "." + strconv.Itoa(int(minor)), true
}

// answerSPICE reads an error, the server's key, and its capabilities.
func answerSPICE(s Said) (Match, bool) {
	b, version, ok := spiceMessage(s)
	code, _ := le32(b, 0)
	if !ok || len(b) < 4+162+12 || spiceErrors[int(code)] == "" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}
	if s.Question == "spice-link" {
		m.Kind = Handshake
	}
	return m.with("protocol", version).with("link", spiceErrors[int(code)]), true
}

func openingSPICE(s Said) (Match, bool) {
	b, version, ok := spiceMessage(s)
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("protocol", version), ok && len(b) >= 18 && len(b) < 100
}
