package protocol

import "github.com/portolan/portolan"

// mqttSN is MQTT for datagrams. Looking for a gateway makes no session; the
// answer has three bytes, too few to be sure by.
var mqttSN = Protocol{
	Name: "mqtt-sn", Title: "MQTT-SN", Source: "MQTT-SN Protocol Specification 1.2, sections 5.2 and 5.4",
	Usual:   []uint16{1884, 2442, 10000},
	Answer:  answerMQTTSN,
	Opening: openingMQTTSN,
	Questions: []Question{
		{Name: "mqttsn-searchgw", Transport: portolan.UDP, When: AtHome, Bytes: fixed("\x03\x01\x00")},
	},
}

// answerMQTTSN recognises GWINFO: its length, its type, and the gateway's number.
func answerMQTTSN(s Said) (Match, bool) {
	b := s.Data
	if s.Question != "mqttsn-searchgw" || !datagram(s, 3) || len(b) != 3 || b[0] != 3 || b[1] != 2 {
		return Match{}, false
	}
	return Match{Strength: Likely, Kind: Handshake, To: 3}, true
}

// openingMQTTSN recognises CONNECT: length, type, flags, protocol 1, how long
// to wait, and the name of the client.
func openingMQTTSN(s Said) (Match, bool) {
	b := s.Data
	if datagram(s, 3) && string(b[:2]) == "\x03\x01" && len(b) == 3 {
		return Match{Strength: Hint, Kind: Opening, To: 3}.with("message", "search"), true
	}
	if !datagram(s, 7) || int(b[0]) != len(b) || b[1] != 4 || b[2]&0xf3 != 0 || b[3] != 1 || len(b) > 6+23 || !words(b[6:]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	return m.with("message", "connect").with("client", string(b[6:])), true
}
