package protocol

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// nrpe answers packets with packets that carry a checksum. Its own check, which
// runs nothing, tells the version; who is not in its list it closes on.
var nrpe = Protocol{
	Name: "nrpe", Title: "Nagios Remote Plugin Executor", Source: "NRPE, include/common.h: v2_packet",
	Usual:   []uint16{5666},
	Answer:  answerNRPE,
	Opening: openingNRPE,
	Questions: []Question{
		{Name: "nrpe-version", When: AtHome, Rank: 80, InTLS: true, Bytes: askNRPE},
	},
}

// A packet of version 2 has the version, a type, a checksum, a result, 1,024
// bytes of text and two of padding.
const (
	nrpeSize   = 1036
	nrpeText   = 10
	nrpeBuffer = 1024
	nrpeQuery  = 1
	nrpeReply  = 2
)

func askNRPE(Ask) []byte {
	b := make([]byte, nrpeSize)
	b[1], b[3] = 2, nrpeQuery
	copy(b[nrpeText:], "_NRPE_CHECK")
	binary.BigEndian.PutUint32(b[4:], crc32.ChecksumIEEE(b))
	return b
}

// nrpePacket returns the text of a packet of a type whose checksum is right.
func nrpePacket(b []byte, kind int) (text string, ok bool) {
	version, _ := be16(b, 0)
	is, _ := be16(b, 2)
	sum, _ := be32(b, 4)
	if len(b) != nrpeSize || version != 2 || is != kind {
		return "", false
	}
	plain := bytes.Clone(b)
	clear(plain[4:8])
	if crc32.ChecksumIEEE(plain) != sum {
		return "", false
	}
	words, _, _ := bytes.Cut(b[nrpeText:nrpeText+nrpeBuffer], []byte{0})
	return string(words), true
}

func answerNRPE(s Said) (Match, bool) {
	text, ok := nrpePacket(s.Data, nrpeReply)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if version, ok := strings.CutPrefix(text, "NRPE v"); ok && isVersion(version) {
		m.Product, m.Version = "NRPE", version
	}
	return m, true
}

func openingNRPE(s Said) (Match, bool) {
	text, ok := nrpePacket(s.Data, nrpeQuery)
	if !ok {
		return Match{}, false
	}
	command, _, _ := strings.Cut(text, "!")
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("command", command), true
}
