package protocol

// elasticsearch says what it is at its root; one that wants a password says it in a field.
var elasticsearch = Protocol{
	Name: "elasticsearch", Title: "Elasticsearch", Source: "Elasticsearch reference, root API",
	Over:   "http",
	Usual:  []uint16{9200},
	Answer: overHTTP(elasticsearchWords),
}

func elasticsearchWords(r textReply) (Match, bool) {
	said := r.json()
	m := Match{Version: said["version.number"]}.with("cluster", said["cluster_name"]).with("node", said["name"])
	if said["tagline"] == "You Know, for Search" {
		if r.has("X-elastic-product") {
			m.Product = r.field("X-elastic-product")
		}
		return m, true
	}
	if r.field("X-elastic-product") == "Elasticsearch" {
		m.Product = "Elasticsearch"
		return m, true
	}
	// Its security says no in words of its own, and its root is cut in none of them.
	refused := said["error.root_cause[].type"] == "security_exception" && said["status"] == "401"
	return m.with("auth", "required"), refused && said["error.type"] == "security_exception" && said["error.reason"] != "" && r.status == 401
}
