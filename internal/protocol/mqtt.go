package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// mqtt is asked to keep the session of a client without a name, which version
// 3.1.1 tells every broker to refuse in a CONNACK. At home they are asked too to
// connect in a level that no broker has; some only close on that. Nobody is
// connected by either.
var mqtt = Protocol{
	Name: "mqtt", Title: "MQTT", Source: "MQTT 3.1.1, sections 3.1.2.2, 3.1.3.1 and 3.2; MQTT 5.0, section 3.2", TCPOnly: true,
	Services: []string{"mqtt"}, TLSServices: []string{"secure-mqtt"},
	Usual:   []uint16{1883, 8883},
	Answer:  answerMQTT,
	Opening: openingMQTT,
	Questions: []Question{
		// Level 4, no clean session, 10 seconds, no name.
		{Name: "mqtt-connect-refused", When: Anywhere, Rank: 20, InTLS: true, Bytes: fixed("\x10\x0c\x00\x04MQTT\x04\x00\x00\x0a\x00\x00")},
		// Level 127, a clean session.
		{Name: "mqtt-connect-level", When: AtHome, Rank: 21, InTLS: true, Bytes: fixed("\x10\x0c\x00\x04MQTT\x7f\x02\x00\x0a\x00\x00")},
	},
}

// mqttCodes are those of a CONNACK: of 3.1.1, and of 5.0.
var mqttCodes = map[int]string{
	0: "none", 1: "unacceptable protocol version", 2: "identifier rejected", 3: "server unavailable", 4: "bad user name or password", 5: "not authorized",
	0x80: "unspecified error", 0x81: "malformed packet", 0x82: "protocol error", 0x84: "unsupported protocol version", 0x85: "client identifier not valid",
	0x86: "bad user name or password", 0x87: "not authorized", 0x88: "server unavailable", 0x89: "server busy", 0x8a: "banned", 0x8c: "bad authentication method",
	0x95: "packet too large", 0x9c: "use another server", 0x9d: "server moved", 0x9f: "connection rate exceeded",
}

// answerMQTT reads a CONNACK, which is four bytes and says little: only an answer
// to a question of ours is one.
func answerMQTT(s Said) (Match, bool) {
	if s.Transport != portolan.TCP || s.Question != "mqtt-connect-refused" && s.Question != "mqtt-connect-level" {
		return Match{}, false
	}
	c := cursor{b: s.Data}
	kind, size, flags, code := c.u8(), c.u8(), c.u8(), c.u8()
	refusal, known := mqttCodes[code]
	if c.lost || kind != 0x20 || size != len(s.Data)-2 || flags != 0 || !known {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if size > 2 { // properties, since 5.0
		if c.u8() != len(c.b) || code < 0x80 {
			return Match{}, false
		}
	} else if !mqttExpected(s.Question, code) {
		m.Strength = Likely
	}
	return m.with("refusal", refusal), true
}

// mqttExpected reports whether a question is to be refused with that code. A
// broker of another version only may say so instead.
func mqttExpected(question string, code int) bool {
	if question == "mqtt-connect-level" {
		return code == 1 || code == 0x84
	}
	return code == 1 || code == 2 || code == 0x84 || code == 0x85
}

// mqttLevels are the versions, by the names and levels that they connect with.
var mqttLevels = map[string]string{"MQIsdp\x03": "3.1", "MQTT\x04": "3.1.1", "MQTT\x05": "5.0", "MQIsdp\x83": "3.1, bridge", "MQTT\x84": "3.1.1, bridge"}

// openingMQTT recognises a CONNECT. Of who it is, the name of the client and of
// the user are kept, never the password.
func openingMQTT(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	kind := c.u8()
	size, ok := mqttLength(&c)
	start := len(c.b)
	name := c.part16()
	level, flags := c.u8(), c.u8()
	c.take(2)
	version, known := mqttLevels[string(append(name[:len(name):len(name)], byte(level)))]
	if !ok || c.lost || s.Transport != portolan.TCP || kind != 0x10 || string(name) != "MQTT" && string(name) != "MQIsdp" || flags&1 != 0 || start > size {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	if !known { // a question like ours
		m.Strength, version = Likely, strconv.Itoa(level)
	}
	m = m.with("protocol", version)
	if level == 5 {
		mqttSkip(&c)
	}
	m = m.with("client", string(c.part16()))
	if flags&4 != 0 { // a will: its topic and what it says
		if level == 5 {
			mqttSkip(&c)
		}
		c.part16()
		c.part16()
	}
	if flags&0x80 != 0 {
		m = m.with("user", string(c.part16()))
	}
	return m, true
}

// mqttSkip leaves out properties with their length.
func mqttSkip(c *cursor) {
	n, _ := mqttLength(c)
	c.take(n)
}

// mqttLength takes a length of seven bits a byte, the lowest first, of at most four.
func mqttLength(c *cursor) (v int, ok bool) {
	for shift := 0; shift < 28; shift += 7 {
		b := c.u8()
		v |= b & 0x7f << shift
		if b < 0x80 {
			return v, !c.lost
		}
	}
	return 0, false
}
