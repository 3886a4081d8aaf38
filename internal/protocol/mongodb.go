package protocol

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// mongodb is asked hello in an OP_MSG, which it answers anybody; the answer
// repeats the number of the request.
var mongodb = Protocol{
	Name: "mongodb", Title: "MongoDB", Source: "MongoDB Manual, MongoDB Wire Protocol; hello", TCPOnly: true,
	Services: []string{"mongodb"},
	Usual:    []uint16{27017, 27018, 27019},
	Outranks: []string{"http"},
	Answer:   answerMongoDB,
	Opening:  openingMongoDB,
	Questions: []Question{
		{Name: "mongodb-hello", When: Anywhere, Rank: 16, InTLS: true, Bytes: mongoAsk("hello")},
		{Name: "mongodb-buildinfo", After: []string{"mongodb"}, InTLS: true, Bytes: mongoAsk("buildInfo")},
	},
}

const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

// mongoAsk is an OP_MSG with {command: 1, $db: "admin"}.
func mongoAsk(command string) func(Ask) []byte {
	return func(a Ask) []byte {
		doc := []byte{0, 0, 0, 0, 0x10}
		doc = append(doc, command+"\x00\x01\x00\x00\x00\x02$db\x00\x06\x00\x00\x00admin\x00\x00"...)
		binary.LittleEndian.PutUint32(doc, uint32(len(doc)))
		b := make([]byte, 16, 64)
		copy(b[4:8], a.Nonce[:4])
		binary.LittleEndian.PutUint32(b[12:], opMsg)
		b = append(b, 0, 0, 0, 0, 0)
		b = append(b, doc...)
		binary.LittleEndian.PutUint32(b, uint32(len(b)))
		return b
	}
}

// mongoHTTP is how it answers a request in HTTP.
const mongoHTTP = "It looks like you are trying to access MongoDB over HTTP on the native driver port."

func answerMongoDB(s Said) (Match, bool) {
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if bytes.HasPrefix(s.Data, []byte("HTTP/1.0 200 OK\r\n")) && bytes.Contains(s.Data, []byte(mongoHTTP)) {
		m.Kind = ErrorText
		return m, true
	}
	size, ok := le32(s.Data, 0)
	code, ok2 := le32(s.Data, 12)
	if !ok || !ok2 || size < 26 || int64(len(s.Data)) > int64(size) || !s.Cut && int64(len(s.Data)) != int64(size) || code != opMsg && code != opReply {
		return Match{}, false
	}
	if !strings.HasPrefix(s.Question, "mongodb-") || !bytes.Equal(s.Data[8:12], s.Nonce[:4]) || bytes.Equal(s.Data, s.Asked) {
		return Match{}, false
	}
	if s.Question == "mongodb-buildinfo" {
		m.Version = bsonText(s.Data, "version")
	}
	return m, true
}

// bsonText returns the value of the first text field of a name: type 2, the
// name, a zero byte, a length, the text, a zero byte.
func bsonText(b []byte, name string) string {
	i := bytes.Index(b, []byte("\x02"+name+"\x00"))
	if i < 0 {
		return ""
	}
	i += len(name) + 2
	n, ok := le32(b, i)
	if !ok || n < 1 || n > 200 || len(b) < i+4+int(n) || !printable(b[i+4:i+3+int(n)]) {
		return ""
	}
	return string(b[i+4 : i+3+int(n)])
}

func openingMongoDB(s Said) (Match, bool) {
	size, ok := le32(s.Data, 0)
	code, ok2 := le32(s.Data, 12)
	if !ok || !ok2 || size < 26 || size > 1<<20 || int64(len(s.Data)) > int64(size) || code != opMsg && code != opQuery {
		return Match{}, false
	}
	if to, _ := le32(s.Data, 8); to != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	return m.with("driver", bsonText(s.Data, "name")), true
}
