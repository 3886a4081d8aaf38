package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// javaRMI acknowledges its handshake with the address that it sees the client at.
var javaRMI = Protocol{
	Name: "java-rmi", Title: "Java RMI", Source: "Java Remote Method Invocation specification, section 10.2, RMI Transport Protocol",
	Services: []string{"rmiregistry", "rmiactivation"},
	Usual:    []uint16{1099, 1098},
	Answer:   answerRMI,
	Opening:  openingRMI,
	Questions: []Question{
		// Version 2, StreamProtocol.
		{Name: "java-rmi", When: AtHome, Rank: 78, InTLS: true, Bytes: fixed("JRMI\x00\x02\x4b")},
	},
}

// answerRMI reads ProtocolAck: the client's host as a text, its port in four bytes.
func answerRMI(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	ack, host, port := c.u8(), c.part16(), c.be32()
	if c.lost || s.Transport != portolan.TCP || s.Question != "java-rmi" || ack != 0x4e || len(c.b) > 0 || len(host) < 2 || !printable(host) || port > 65535 {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}, true
}

// rmiProtocols are the three that a client may choose.
var rmiProtocols = map[int]string{0x4b: "stream", 0x4c: "single operation", 0x4d: "multiplex"}

func openingRMI(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	magic, version, kind := string(c.take(4)), c.be16(), c.u8()
	name, known := rmiProtocols[kind]
	m := Match{Strength: Certain, Kind: Opening, To: min(7, len(s.Data))}
	return m.with("version", strconv.Itoa(version)).with("mode", name), magic == "JRMI" && known && version < 3 && s.Transport == portolan.TCP
}
