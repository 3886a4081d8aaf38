package protocol

// icecast writes its version behind a space.
var icecast = Protocol{
	Name: "icecast", Title: "Icecast", Source: "Icecast documentation",
	Over:   "http",
	Usual:  []uint16{8000},
	Answer: overHTTP(icecastWords),
}

func icecastWords(r textReply) (Match, bool) {
	product, version, ok := r.server("Icecast")
	m := Match{Product: product, Version: version}
	return m.with("name", r.field("icy-name")), ok
}
