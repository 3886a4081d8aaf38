package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// elasticsearchTransport is what nodes of Elasticsearch and OpenSearch speak among
// themselves. To HTTP it says in one sentence that this is not the place.
var elasticsearchTransport = Protocol{
	Name: "elasticsearch-transport", Title: "Elasticsearch transport", Source: "Elasticsearch, org.elasticsearch.transport.TcpHeader and TcpTransport",
	Usual:   []uint16{9300},
	Answer:  answerElasticsearchTransport,
	Opening: openingElasticsearchTransport,
}

func answerElasticsearchTransport(s Said) (Match, bool) {
	text := string(bytes.TrimRight(s.Data, "\r\n"))
	ok := s.Transport == portolan.TCP && (text == "This is not an HTTP port" || text == "This is not a HTTP port")
	return Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}, ok
}

// openingElasticsearchTransport recognises a node's handshake: "ES", the length,
// the number of the request, its status, a version, and the action's name.
func openingElasticsearchTransport(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	magic, size := string(c.take(2)), c.be32()
	ok := !c.lost && magic == "ES" && int64(size) >= int64(len(c.b)) && bytes.Contains(c.b, []byte("internal:tcp/handshake"))
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("action", "internal:tcp/handshake"), ok && s.Transport == portolan.TCP
}
