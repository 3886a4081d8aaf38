package protocol

import (
	"bytes"
	"strconv"
)

// ndmp says first whether it takes the connection. Who made it is told to
// everybody who names a version, before a login.
var ndmp = Protocol{
	Name: "ndmp", Title: "NDMP", Source: "NDMP version 4, sections 2.4, 3.1 and 3.2.4",
	Services:    []string{"ndmp"},
	TLSServices: []string{"ndmps"},
	Usual:       []uint16{10000},
	Answer:      answerNDMP,
	Questions: []Question{{Name: "ndmp-server-info", After: []string{"ndmp"}, Waits: true, Bytes: func(Ask) []byte {
		return append(ndmpCall(1, ndmpOpen, 4), 0, 0, 0, 4) // in version 4
	}, Next: func(s Said, step int) []byte {
		if step != 1 || len(ndmpMessages(s)) < 1 {
			return nil
		}
		return ndmpCall(2, ndmpInfo, 0)
	}}},
}

// The numbers of messages.
const (
	ndmpInfo      = 0x108
	ndmpConnected = 0x502
	ndmpOpen      = 0x900
)

const ndmpHeader = 24

// ndmpCall is a record of one fragment: sequence, time, a request, which, what
// it answers, error.
func ndmpCall(sequence, message, size uint32) []byte {
	b := be.AppendUint32(nil, 1<<31|(ndmpHeader+size))
	for _, v := range []uint32{sequence, 0, 0, message, 0, 0} {
		b = be.AppendUint32(b, v)
	}
	return b
}

// ndmpMessages takes what was said apart: records of one fragment each, of
// which the first few are looked at.
func ndmpMessages(s Said) (all [][]byte) {
	if !stream(s) {
		return nil
	}
	for b := s.Data; len(b) >= 4+ndmpHeader && len(all) < 4; {
		n, _ := be32(b, 0)
		size := int(n &^ (1 << 31))
		if n>>31 == 0 || size < ndmpHeader || size > len(b)-4 {
			return nil
		}
		all, b = append(all, b[4:4+size]), b[4+size:]
	}
	return all
}

func answerNDMP(s Said) (Match, bool) {
	all := ndmpMessages(s)
	m := Match{Strength: Certain, Kind: Banner}
	found := false
	for _, b := range all {
		kind, _ := be32(b, 8)
		message, _ := be32(b, 12)
		failed, _ := be32(b, 20)
		body := b[ndmpHeader:]
		m.To += 4 + len(b)
		switch {
		case message == ndmpConnected && kind == 0 && failed == 0: // reason, version, text
			reason, _ := be32(body, 0)
			version, ok := be32(body, 4)
			_, rest, texts := ndmpText(body[min(8, len(body)):])
			if !ok || reason > 2 || version > 10 || !texts || len(rest) != 0 {
				return Match{}, false
			}
			m = m.with("connection", [...]string{"connected", "shut down", "refused"}[reason]).with("protocol", strconv.Itoa(int(version)))
			found = true
		case message == ndmpInfo && kind == 1 && failed == 0 && s.Question == "ndmp-server-info":
			m = ndmpFacts(body, m)
		}
	}
	return m, found
}

// ndmpFacts reads an error, and the texts vendor, product and revision.
func ndmpFacts(b []byte, m Match) Match {
	if !bytes.HasPrefix(b, []byte{0, 0, 0, 0}) {
		return m
	}
	vendor, b, ok1 := ndmpText(b[4:])
	product, b, ok2 := ndmpText(b)
	revision, _, ok3 := ndmpText(b)
	if !ok1 || !ok2 || !ok3 {
		return m
	}
	m.Kind, m.Product, m.Version = Handshake, product, revision
	return m.with("vendor", vendor)
}

// ndmpText reads a text behind its length, filled up to words.
func ndmpText(b []byte) (text string, rest []byte, ok bool) {
	n, ok := be32(b, 0)
	end := 4 + (int(n)+3)&^3
	if !ok || n > 1000 || len(b) < end || n > 0 && !legible(b[4:4+n]) {
		return "", nil, false
	}
	return string(b[4 : 4+n]), b[end:], true
}
