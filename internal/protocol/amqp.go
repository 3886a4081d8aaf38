package protocol

import "bytes"

// amqp is asked with the header of version 0-9-1: a broker answers with
// Connection.Start, which says who it is, or with the header that it wants.
var amqp = Protocol{
	Name: "amqp", Title: "AMQP", Source: "AMQP 0-9-1, sections 4.2.2 and 1.4.2.1; AMQP 1.0, section 2.2", TCPOnly: true,
	Services: []string{"amqp"}, TLSServices: []string{"amqps"},
	Usual:   []uint16{5672, 5671},
	Answer:  answerAMQP,
	Opening: openingAMQP,
	Questions: []Question{
		{Name: "amqp-header", When: Anywhere, Rank: 22, InTLS: true, Bytes: fixed("AMQP\x00\x00\x09\x01")},
		// A broker that refused another's words in a header alone has not said who it is.
		{Name: "amqp-start", After: []string{"amqp"}, InTLS: true, Bytes: fixed("AMQP\x00\x00\x09\x01")},
	},
}

func answerAMQP(s Said) (Match, bool) {
	b := s.Data
	if len(b) == 8 && bytes.HasPrefix(b, []byte("AMQP")) && !bytes.Equal(b, s.Asked) && b[4] <= 3 && b[5] <= 1 {
		if bytes.Equal(b, []byte("AMQP\x00\x00\x09\x01")) && s.Question == "amqp-header" {
			return Match{}, false // our own words come back
		}
		return Match{Strength: Certain, Kind: Handshake, To: 8}.with("version", amqpVersion(b)), true
	}
	size, ok := be32(b, 3)
	if !ok || len(b) < 20 || b[0] != 1 || b[1] != 0 || b[2] != 0 || size < 12 || size > 1<<16 || !bytes.Equal(b[7:11], []byte{0, 10, 0, 10}) {
		return Match{}, false
	}
	if end := 7 + int(size); len(b) > end && b[end] != 0xce || !s.Cut && len(b) != end+1 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	m.Product, m.Version = amqpText(b, "product"), amqpText(b, "version")
	return m.with("platform", amqpText(b, "platform")), true
}

// amqpText returns a long string of the server's properties: the name behind its
// length, 'S', four bytes of length, the text.
func amqpText(b []byte, name string) string {
	i := bytes.Index(b, append([]byte{byte(len(name))}, name+"S"...))
	if i < 0 {
		return ""
	}
	i += len(name) + 2
	n, ok := be32(b, i)
	if !ok || n > 200 || len(b) < i+4+int(n) || !printable(b[i+4:i+4+int(n)]) {
		return ""
	}
	return string(b[i+4 : i+4+int(n)])
}

func amqpVersion(b []byte) string {
	if b[4] == 0 && b[5] == 0 {
		return "0-9-1"
	}
	return map[byte]string{0: "1.0", 2: "1.0 in TLS", 3: "1.0 with SASL", 1: "0-10"}[b[4]]
}

func openingAMQP(s Said) (Match, bool) {
	if len(s.Data) < 8 || !bytes.HasPrefix(s.Data, []byte("AMQP")) || s.Data[4] > 3 {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Opening, To: 8}.with("version", amqpVersion(s.Data)), true
}
