package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// rethinkdb answers the magic number of its driver protocol with its version,
// before the client has said who it is; another number with an error of its own.
var rethinkdb = Protocol{
	Name: "rethinkdb", Title: "RethinkDB", Source: "RethinkDB documentation, Writing RethinkDB drivers",
	Usual:   []uint16{28015},
	Answer:  answerRethinkDB,
	Opening: openingRethinkDB,
	Questions: []Question{
		{Name: "rethinkdb-magic", When: AtHome, Rank: 10, InTLS: true, Bytes: fixed("\xc3\xbd\xc2\x34")},
	},
}

// rethinkErrors begin what it says to another protocol, by its ages.
var rethinkErrors = [...]string{
	"ERROR: Received an unsupported protocol version. This port is for RethinkDB queries.",
	"ERROR: This is the rdb protocol port",
}

func answerRethinkDB(s Said) (Match, bool) {
	text, _, whole := bytes.Cut(s.Data, []byte{0})
	if s.Transport != portolan.TCP || !sentence(text) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: len(text)}
	for _, e := range rethinkErrors {
		if bytes.HasPrefix(text, []byte(e)) {
			return m, true
		}
	}
	version, ok := between(text, `"server_version":"`, `"`)
	if !whole || !ok || text[0] != '{' || !bytes.Contains(text, []byte(`"max_protocol_version":`)) || !bytes.Contains(text, []byte(`"success":true`)) {
		return Match{}, false
	}
	m.Kind, m.Version = Handshake, version
	return m, true
}

// rethinkMagic are the numbers of the versions, the lowest byte first.
var rethinkMagic = map[uint32]string{0x3f61ba36: "0.1", 0x723081e1: "0.2", 0x5f75e83e: "0.3", 0x400c2d20: "0.4", 0x34c2bdc3: "1.0"}

func openingRethinkDB(s Said) (Match, bool) {
	number, ok := le32(s.Data, 0)
	version, known := rethinkMagic[number]
	return Match{Strength: Certain, Kind: Opening, To: min(4, len(s.Data))}.with("protocol", version), ok && known && s.Transport == portolan.TCP
}
