package protocol

import "bytes"

// mqtt is asked to connect in a level that no broker has: it must refuse in a
// CONNACK of its own (3.1.1: code 1; 5: code 132), and nobody is connected.
var mqtt = Protocol{
	Name: "mqtt", Title: "MQTT", Source: "MQTT 3.1.1, sections 3.1.2.2 and 3.2; MQTT 5, section 3.2", TCPOnly: true,
	Services: []string{"mqtt"}, TLSServices: []string{"secure-mqtt"},
	Usual:   []uint16{1883, 8883},
	Answer:  answerMQTT,
	Opening: openingMQTT,
	Questions: []Question{{Name: "mqtt-connect-refused", When: Anywhere, Rank: 20, InTLS: true,
		Bytes: fixed("\x10\x0c\x00\x04MQTT\x7f\x02\x00\x0a\x00\x00")}},
}

func answerMQTT(s Said) (Match, bool) {
	b := s.Data
	if s.Question != "mqtt-connect-refused" || len(b) < 4 || b[0] != 0x20 || int(b[1]) != len(b)-2 || b[2] != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	switch code := b[3]; {
	case len(b) == 4 && code == 1, len(b) == 4 && code == 0x84:
		return m.with("refusal", "unacceptable protocol version"), true
	case len(b) == 5 && code == 0x84 && b[4] == 0:
		return m.with("refusal", "unsupported protocol version"), true
	case len(b) > 5 && code >= 0x80 && int(b[4]) == len(b)-5:
		return m, true
	case len(b) == 4 && code < 6:
		m.Strength = Likely
		return m, true
	}
	return Match{}, false
}

func openingMQTT(s Said) (Match, bool) {
	b := s.Data
	if len(b) < 12 || b[0] != 0x10 {
		return Match{}, false
	}
	at, size := 1, 0
	for shift := 0; shift < 28; shift += 7 {
		if at >= len(b) {
			return Match{}, false
		}
		size |= int(b[at]&0x7f) << shift
		if at++; b[at-1] < 0x80 {
			break
		}
	}
	rest := b[at:]
	name := ""
	switch {
	case bytes.HasPrefix(rest, []byte("\x00\x04MQTT")):
		name, rest = "MQTT", rest[6:]
	case bytes.HasPrefix(rest, []byte("\x00\x06MQIsdp")):
		name, rest = "MQIsdp", rest[8:]
	}
	if name == "" || size < len(b)-at || len(rest) < 4 {
		return Match{}, false
	}
	level := map[byte]string{3: "3.1", 4: "3.1.1", 5: "5"}[rest[0]]
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}.with("version", level)
	rest = rest[4:]
	if level == "5" && len(rest) > 0 { // properties of up to 127 bytes
		rest = rest[min(len(rest), 1+int(rest[0])):]
	}
	if n, ok := be16(rest, 0); ok && len(rest) >= 2+n {
		m = m.with("client", string(rest[2:2+n]))
	}
	return m, true
}
