package protocol

import (
	"bytes"
	"fmt"
)

// dcerpc is asked to bind to an interface that nobody has: its number is drawn
// anew each time. The refusal repeats the number of the call.
var dcerpc = Protocol{
	Name: "dcerpc", Title: "DCE/RPC", Source: "DCE 1.1: Remote Procedure Call (C706), chapter 12; MS-RPCH, section 2.1.2.1",
	Services:  []string{"epmap", "http-rpc-epmap"},
	Usual:     []uint16{135, 593, 1025, 1026, 49152, 49153, 49154, 49155},
	Answer:    answerDCERPC,
	Opening:   openingDCERPC,
	Questions: []Question{{Name: "dcerpc-bind", When: AtHome, Rank: 74, Bytes: askDCERPC}},
}

// The kinds of packets.
const (
	dcerpcFault   = 3
	dcerpcBind    = 11
	dcerpcBindAck = 12
	dcerpcBindNak = 13
)

// dcerpcNDR is the one transfer syntax that all know, in version 2.
const dcerpcNDR = "\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00"

// dcerpcInterfaces are interfaces that clients bind to first.
var dcerpcInterfaces = map[string]string{
	"e1af8308-5d1f-11c9-91a4-08002b14a0fa": "endpoint mapper", "99fcfec4-5260-101b-bbcb-00aa0021347a": "object exporter",
	"000001a0-0000-0000-c000-000000000046": "remote activation", "afa8bd80-7d8a-11c9-bef4-08002b102989": "management",
	"4b324fc8-1670-01d3-1278-5a47bf6ee188": "server service", "12345778-1234-abcd-ef00-0123456789ac": "SAM",
	"12345678-1234-abcd-ef00-01234567cffb": "netlogon", "367abb81-9844-35f1-ad32-98f038001003": "service control",
}

func askDCERPC(a Ask) []byte {
	b := []byte{5, 0, dcerpcBind, 3, 0x10, 0, 0, 0, 72, 0, 0, 0} // little endian, 72 bytes in one fragment
	b = append(b, a.Nonce[:4]...)                                // the number of the call
	b = append(b, 0xd0, 0x16, 0xd0, 0x16, 0, 0, 0, 0)            // 5,840 bytes at most, a new group
	b = append(b, 1, 0, 0, 0, 0, 0, 1, 0)                        // one context, one transfer syntax
	b = append(b, a.Nonce[:]...)                                 // the interface
	b = append(b, 1, 0, 0, 0)
	return append(b, dcerpcNDR...)
}

// dcerpcPacket checks a header of version 5 in little endian.
func dcerpcPacket(s Said) (b []byte, kind byte, ok bool) {
	n, _ := le16(s.Data, 8)
	if !stream(s) || len(s.Data) < 20 || s.Data[0] != 5 || s.Data[1] > 1 || s.Data[3]&3 != 3 || s.Data[4] != 0x10 || n != len(s.Data) {
		return nil, 0, false
	}
	return s.Data, s.Data[2], s.Data[5] == 0 && s.Data[6] == 0 && s.Data[7] == 0
}

func answerDCERPC(s Said) (Match, bool) {
	if stream(s) && string(s.Data) == "ncacn_http/1.0" {
		return Match{Strength: Certain, Kind: Banner, To: len(s.Data)}.with("over", "HTTP"), true
	}
	b, kind, ok := dcerpcPacket(s)
	if !ok || s.Question != "dcerpc-bind" || !bytes.Equal(b[12:16], s.Nonce[:4]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	switch kind {
	case dcerpcBindAck: // sizes, a group, then the server's second address
		n, _ := le16(b, 24)
		if len(b) < 26+n || n > 0 && b[25+n] != 0 {
			return Match{}, false
		}
		return m.with("address", legibleText(bytes.TrimRight(b[26:26+n], "\x00"))), true
	case dcerpcBindNak:
		return m.with("refusal", "bind"), true
	case dcerpcFault:
		return m.with("refusal", "fault"), len(b) >= 32
	}
	return Match{}, false
}

// openingDCERPC recognises a bind, and says which interface is wanted.
func openingDCERPC(s Said) (Match, bool) {
	b, kind, ok := dcerpcPacket(s)
	if !ok || kind != dcerpcBind || len(b) < 72 || b[24] == 0 || b[30] == 0 {
		return Match{}, false
	}
	u := b[32:48]
	id := fmt.Sprintf("%08x-%04x-%04x-%x-%x", le.Uint32(u), le.Uint16(u[4:]), le.Uint16(u[6:]), u[8:10], u[10:16])
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	return m.with("interface", id).with("wants", dcerpcInterfaces[id]), true
}
