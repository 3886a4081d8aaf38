package protocol

import "strings"

// neo4j says at its root where its protocols are.
var neo4j = Protocol{
	Name: "neo4j", Title: "Neo4j over HTTP", Source: "Neo4j HTTP API documentation, discovery",
	Over:     "http",
	Services: []string{"neo4j"},
	Usual:    []uint16{7474, 7473},
	Answer:   overHTTP(neo4jWords),
}

func neo4jWords(r textReply) (Match, bool) {
	said := r.json()
	if said["neo4j_version"] != "" {
		return Match{Version: said["neo4j_version"]}.with("edition", said["neo4j_edition"]), true
	}
	return Match{}, strings.HasSuffix(said["data"], "/db/data/") && strings.HasSuffix(said["management"], "/db/manage/")
}
