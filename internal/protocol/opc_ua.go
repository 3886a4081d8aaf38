package protocol

import "fmt"

// opcUA is greeted with the sizes of our buffers; it acknowledges with its own,
// before any channel or session is opened.
var opcUA = Protocol{
	Name: "opc-ua", Title: "OPC UA", Source: "OPC 10000-6, section 7.1.2",
	Services:    []string{"opcua-tcp"},
	TLSServices: []string{"opcua-tls"},
	Usual:       []uint16{4840, 4843, 48010},
	Answer:      answerOPCUA,
	Opening:     openingOPCUA,
	Questions:   []Question{{Name: "opcua-hello", When: OnRequest, Rank: 9, InTLS: true, Bytes: askOPCUA}},
}

func askOPCUA(a Ask) []byte {
	url := fmt.Sprintf("opc.tcp://%s:%d", a.Host[:min(len(a.Host), 255)], a.Port)
	b := append([]byte("HELF"), 0, 0, 0, 0)
	for _, v := range []uint32{0, 65535, 65535, 0, 0, uint32(len(url))} {
		b = le.AppendUint32(b, v)
	}
	b = append(b, url...)
	le.PutUint32(b[4:], uint32(len(b)))
	return b
}

// opcUAMessage checks a message's length: nothing may stand behind it.
func opcUAMessage(s Said, kind string) (body []byte, ok bool) {
	n, _ := le32(s.Data, 4)
	if !stream(s) || len(s.Data) < 16 || string(s.Data[:4]) != kind || int64(n) != int64(len(s.Data)) {
		return nil, false
	}
	return s.Data[8:], true
}

func answerOPCUA(s Said) (Match, bool) {
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if _, ok := opcUAMessage(s, "ACKF"); ok {
		return m, len(s.Data) == 28
	}
	b, ok := opcUAMessage(s, "ERRF")
	code, _ := le32(b, 0)
	n, _ := le32(b, 4)
	if !ok || code>>31 == 0 {
		return Match{}, false
	}
	if s.Question != "opcua-hello" {
		m.Kind = ErrorText
	}
	m = m.with("error", fmt.Sprintf("0x%08x", code))
	if n == 0xffffffff {
		return m, len(b) == 8 // no reason
	}
	if int64(n) != int64(len(b)-8) {
		return Match{}, false
	}
	return m.with("reason", legibleText(b[8:])), true
}

// openingOPCUA recognises a client's hello, with the address that it wants.
func openingOPCUA(s Said) (Match, bool) {
	b, ok := opcUAMessage(s, "HELF")
	n, _ := le32(b, 20)
	if !ok || len(b) < 24 || n != 0xffffffff && int64(n) != int64(len(b)-24) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	return m.with("endpoint", legibleText(b[24:])), true
}
