package protocol

import (
	"bytes"
	"strconv"
)

// modbus is asked to identify itself, which reads three texts and nothing that
// it steers. A device without the function says so in an exception.
var modbus = Protocol{
	Name: "modbus", Title: "Modbus", Source: "Modbus application protocol 1.1b3, sections 6.21 and 7; Modbus messaging on TCP/IP 1.0b, section 3.1",
	Services:    []string{"mbap"},
	TLSServices: []string{"mbap-s"},
	Usual:       []uint16{502, 802},
	Answer:      answerModbus,
	Opening:     openingModbus,
	Questions: []Question{{Name: "modbus-device-id", When: OnRequest, Rank: 1, InTLS: true, Bytes: func(a Ask) []byte {
		return append(append([]byte{}, a.Nonce[:2]...), 0, 0, 0, 5, 1, modbusIdentify, 0x0e, 1, 0)
	}}},
}

// modbusIdentify is the function "encapsulated interface transport", of which
// 0x0e reads a device's identification.
const modbusIdentify = 0x2b

// modbusExceptions are why a device does not answer.
var modbusExceptions = map[int]string{
	1: "illegal function", 2: "illegal data address", 3: "illegal data value", 4: "device failure", 5: "acknowledge",
	6: "device busy", 8: "memory parity error", 10: "gateway path unavailable", 11: "gateway target failed to respond",
}

// modbusBody takes the header away that must fit to the byte: transaction, a
// zero for Modbus, length, unit.
func modbusBody(s Said) ([]byte, bool) {
	n, _ := be16(s.Data, 4)
	if !stream(s) || len(s.Data) < 8 || s.Data[2] != 0 || s.Data[3] != 0 || n < 2 || n > 254 || len(s.Data) != 6+n {
		return nil, false
	}
	return s.Data[7:], true
}

func answerModbus(s Said) (Match, bool) {
	b, ok := modbusBody(s)
	if !ok || s.Question != "modbus-device-id" || !bytes.Equal(s.Data[:2], s.Nonce[:2]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch {
	case b[0] == modbusIdentify|0x80 && len(b) == 2:
		return m.with("exception", modbusExceptions[int(b[1])]), modbusExceptions[int(b[1])] != ""
	case b[0] == modbusIdentify && len(b) >= 7 && b[1] == 0x0e && b[2] == 1:
		return modbusObjects(b[6:], m)
	}
	return Match{}, false
}

// modbusObjects reads a count, and a number, a length and a text for each.
func modbusObjects(b []byte, m Match) (Match, bool) {
	count := int(b[0])
	for b = b[1:]; count > 0; count-- {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return Match{}, false
		}
		text := legibleText(bytes.Trim(b[2:2+int(b[1])], " \x00"))
		switch b[0] {
		case 0:
			m = m.with("vendor", text)
		case 1, 4: // the product's code, and its name where it has one
			m.Product = text
		case 2:
			m.Version = text
		}
		b = b[2+int(b[1]):]
	}
	return m, len(b) == 0
}

// openingModbus recognises a request whose length is that of its function.
func openingModbus(s Said) (Match, bool) {
	b, ok := modbusBody(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}
	m = m.with("function", strconv.Itoa(int(b[0])))
	switch f := b[0]; {
	case f >= 1 && f <= 6 && len(b) == 5:
		return m, true
	case (f == 15 || f == 16) && len(b) > 6 && len(b) == 6+int(b[5]):
		return m, true
	case (f == 7 || f == 11 || f == 12 || f == 17) && len(b) == 1:
		return m, true
	case f == 8 && len(b) == 5:
		return m, true
	case f == modbusIdentify && len(b) == 4 && b[1] == 0x0e && b[2] >= 1 && b[2] <= 4:
		m.Strength = Certain
		return m, true
	}
	return Match{}, false
}
