package protocol

import "strings"

// solr sends from its root to its own path.
var solr = Protocol{
	Name: "solr", Title: "Apache Solr", Source: "Apache Solr reference guide",
	Over:   "http",
	Usual:  []uint16{8983},
	Answer: overHTTP(solrWords),
}

func solrWords(r textReply) (Match, bool) {
	if r.title() == "Solr Admin" && strings.Contains(string(r.text()), `ng-app="solrAdminApp"`) {
		return Match{}, true
	}
	to := r.field("Location")
	if _, rest, ok := strings.Cut(to, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		to = "/" + path
	}
	return Match{Strength: Likely}, to == "/solr/" && r.status/100 == 3
}
