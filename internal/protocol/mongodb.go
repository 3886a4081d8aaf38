package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/portolan/portolan"
)

// mongodb is asked the question that every driver begins with; it is answered
// before any login. A request in HTTP it answers in HTTP, with words of its own.
var mongodb = Protocol{
	Name: "mongodb", Title: "MongoDB", Source: "MongoDB Wire Protocol; MongoDB Handshake specification", TCPOnly: true,
	Outranks: []string{"http"},
	Services: []string{"mongodb"},
	Usual:    []uint16{27017, 27018, 27019},
	Answer:   answerMongoDB,
	Opening:  openingMongoDB,
	Questions: []Question{
		// OP_QUERY is gone for all but this command, which all versions know in it.
		{Name: "mongodb-hello", When: Anywhere, Rank: 16, InTLS: true, Bytes: askMongoHello},
		// buildInfo reads and changes nothing.
		{Name: "mongodb-buildinfo", After: []string{"mongodb"}, InTLS: true, Bytes: askMongoBuild},
	},
}

// The operations.
const (
	mongoReply = 1
	mongoQuery = 2004
	mongoMsg   = 2013
)

// mongoID is the number of a request; never zero, which none is.
func mongoID(n Nonce) uint32 { return binary.LittleEndian.Uint32(n[:4])&0x7fffffff | 0x40000000 }

func mongoMessage(a Ask, operation uint32, body []byte) []byte {
	var b []byte
	for _, v := range []uint32{uint32(16 + len(body)), mongoID(a.Nonce), 0, operation} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return append(b, body...)
}

// askMongoHello says who asks in the words of a driver, which must name itself
// and its system.
func askMongoHello(a Ask) []byte {
	agent := a.Agent[:min(len(a.Agent), 120)]
	client := bsonInner(nil, "application", bsonText(nil, "name", agent))
	client = bsonInner(client, "driver", bsonText(bsonText(nil, "name", "portolan"), "version", ""))
	client = bsonInner(client, "os", bsonText(nil, "type", "unknown"))
	document := bsonWrap(bsonInner(bsonOne(nil, "isMaster"), "client", client))
	head := "\x00\x00\x00\x00admin.$cmd\x00\x00\x00\x00\x00\xff\xff\xff\xff" // skip none, return one
	return mongoMessage(a, mongoQuery, append([]byte(head), document...))
}

func askMongoBuild(a Ask) []byte {
	document := bsonWrap(bsonText(bsonOne(nil, "buildInfo"), "$db", "admin"))
	return mongoMessage(a, mongoMsg, append(make([]byte, 5), document...))
}

// mongoHTTP is what it says to a request in HTTP.
const mongoHTTP = "It looks like you are trying to access MongoDB over HTTP on the native driver port."

func answerMongoDB(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}
	if bytes.HasPrefix(s.Data, []byte("HTTP/1.")) {
		_, body, _ := bytes.Cut(s.Data, []byte("\r\n\r\n"))
		return m, bytes.HasPrefix(body, []byte(mongoHTTP))
	}
	document, to, operation, ok := mongoDocument(s.Data)
	if !ok || to != mongoID(s.Nonce) || operation == mongoQuery {
		return Match{}, false
	}
	m.Kind = Handshake
	doc, whole := bsonDocument(document)
	if _, said := doc.numbers["ok"]; !said || !whole {
		// Of a long answer that was cut, a few fields must do.
		if _, known := doc.numbers["maxWireVersion"]; !known && doc.texts["version"] == "" || !s.Cut {
			return Match{}, false
		}
		m.Strength = Likely
	}
	return mongoFacts(m, s.Question, doc), true
}

// mongoDocument takes the document of a message, the number of the request that it
// answers, and its operation.
func mongoDocument(b []byte) (document []byte, to, operation uint32, ok bool) {
	c := cursor{b: b}
	size := c.le32()
	c.take(4)
	to, operation = c.le32(), c.le32()
	if c.lost || size < 26 || int64(len(b)) > int64(size) {
		return nil, 0, 0, false
	}
	switch operation {
	case mongoReply: // flags, cursor, from, how many
		c.take(4 + 8 + 4)
		if c.le32() != 1 {
			return nil, 0, 0, false
		}
	case mongoQuery: // flags, collection, skip, return
		c.take(4)
		c.zero()
		c.take(8)
	case mongoMsg: // flags, a section of kind 0
		if c.take(4); c.u8() != 0 {
			return nil, 0, 0, false
		}
	default:
		return nil, 0, 0, false
	}
	return c.b, to, operation, !c.lost
}

// mongoFacts takes what an answer states of its server.
func mongoFacts(m Match, question string, doc bson) Match {
	if question == "mongodb-buildinfo" {
		m.Version = doc.texts["version"]
		for _, v := range []string{doc.texts["ferretdbVersion"], doc.within("ferretdb").texts["version"]} {
			if v != "" {
				m.Product, m.Version = "FerretDB", v
			}
		}
	}
	if high, ok := doc.numbers["maxWireVersion"]; ok {
		m = m.with("wire-versions", fmt.Sprintf("%d-%d", doc.numbers["minWireVersion"], high))
	}
	return m.with("set", doc.texts["setName"]).with("role", doc.texts["msg"]).with("error", doc.texts["errmsg"])
}

// openingMongoDB recognises a driver's first message, and what it says of itself.
func openingMongoDB(s Said) (Match, bool) {
	document, to, operation, ok := mongoDocument(s.Data)
	if !ok || to != 0 || operation == mongoReply || s.Transport != portolan.TCP {
		return Match{}, false
	}
	doc, whole := bsonDocument(document)
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	if !whole {
		m.Strength = Likely
	}
	for _, command := range []string{"hello", "isMaster", "ismaster", "buildInfo", "ping"} {
		if _, ok := doc.numbers[command]; ok {
			m = m.with("command", command)
		}
	}
	if m.Detail("command") == "" && operation != mongoQuery && doc.texts["$db"] == "" || !whole && m.Detail("command") == "" {
		return Match{}, false
	}
	client := doc.within("client")
	return m.with("application", client.within("application").texts["name"]).with("driver", client.within("driver").texts["name"]), true
}
