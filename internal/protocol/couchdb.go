package protocol

// couchdb welcomes at its root.
var couchdb = Protocol{
	Name: "couchdb", Title: "CouchDB", Source: "Apache CouchDB documentation, API reference 1.1",
	Over:     "http",
	Services: []string{"couchdb"},
	Usual:    []uint16{5984, 6984},
	Answer:   overHTTP(couchdbWords),
}

func couchdbWords(r textReply) (Match, bool) {
	said := r.json()
	product, version, named := r.server("CouchDB")
	if said["couchdb"] == "Welcome" {
		return Match{Product: product, Version: said["version"]}.with("vendor", said["vendor.name"]), true
	}
	return Match{Product: product, Version: version}, named
}
