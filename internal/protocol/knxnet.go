package protocol

import (
	"bytes"
	"strconv"

	"github.com/portolan/portolan"
)

// knxnet leads to the bus of a building, so it is asked on request only, and
// only what the gateway says of itself.
var knxnet = Protocol{
	Name: "knxnet-ip", Title: "KNXnet/IP", Source: "ISO/IEC 14543-3; KNX Standard 03_08_02, section 7",
	Services: []string{"efcp"},
	Usual:    []uint16{3671},
	Answer:   answerKNX,
	Opening:  openingKNX,
	Questions: []Question{
		// The address 0.0.0.0 asks for the answer to come back to where this came from.
		{Name: "knxnet-description", Transport: portolan.UDP, When: OnRequest,
			Bytes: fixed("\x06\x10\x02\x03\x00\x0e\x08\x01\x00\x00\x00\x00\x00\x00")},
	},
}

const knxHeader = 6

var knxServices = map[int]string{
	0x0201: "search", 0x0203: "description", 0x0205: "connect", 0x0207: "connection-state", 0x0209: "disconnect",
	0x020b: "search-extended", 0x0530: "routing", 0x0531: "routing-lost", 0x0532: "routing-busy", 0x0951: "session",
}

// knxMessage checks header, version and length.
func knxMessage(s Said) (service int, body []byte, ok bool) {
	service, _ = be16(s.Data, 2)
	size, _ := be16(s.Data, 4)
	if !datagram(s, knxHeader+2) || s.Data[0] != 6 || s.Data[1] != 0x10 || size != len(s.Data) {
		return 0, nil, false
	}
	return service, s.Data[knxHeader:], true
}

// answerKNX recognises a description: the block of the device comes first and
// has 54 bytes.
func answerKNX(s Said) (Match, bool) {
	service, b, ok := knxMessage(s)
	if ok && (service == 0x0202 || service == 0x020c) && b[0] == 8 && len(b) > 8 { // where the server listens
		b = b[8:]
	} else if !ok || service != 0x0204 {
		return Match{}, false
	}
	if len(b) < 54 || b[0] != 54 || b[1] != 1 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	address, _ := be16(b, 4)
	name := bytes.TrimRight(b[24:54], "\x00")
	return m.with("name", shown(name)).with("serial", hexed(b[8:14])).with("mac", hexed(b[18:24])).
		with("address", strconv.Itoa(address>>12)+"."+strconv.Itoa(address>>8&15)+"."+strconv.Itoa(address&255)), true
}

func openingKNX(s Said) (Match, bool) {
	service, _, ok := knxMessage(s)
	if !ok || knxServices[service] == "" {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("service", knxServices[service]), true
}
