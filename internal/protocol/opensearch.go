package protocol

import "strings"

// opensearch answers as Elasticsearch does, under its own name.
var opensearch = Protocol{
	Name: "opensearch", Title: "OpenSearch", Source: "OpenSearch documentation, root API",
	Over:   "http",
	Usual:  []uint16{9200},
	Answer: overHTTP(opensearchWords),
}

func opensearchWords(r textReply) (Match, bool) {
	if realm, _ := between([]byte(r.field("WWW-Authenticate")), `realm="`, `"`); realm == "OpenSearch Security" {
		return Match{}.with("auth", "required"), true
	}
	said := r.json()
	if said["version.distribution"] != "opensearch" && !strings.HasPrefix(said["tagline"], "The OpenSearch Project") {
		return Match{}, false
	}
	m := Match{Product: said["version.distribution"], Version: said["version.number"]}
	return m.with("cluster", said["cluster_name"]).with("node", said["name"]), true
}
