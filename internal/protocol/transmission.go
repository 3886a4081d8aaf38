package protocol

// transmission refuses with 409 and a session for those that come back.
var transmission = Protocol{
	Name: "transmission", Title: "Transmission", Source: "Transmission RPC specification",
	Over:   "http",
	Usual:  []uint16{9091},
	Answer: overHTTP(transmissionWords),
}

func transmissionWords(r textReply) (Match, bool) {
	product, version, named := r.server("Transmission")
	m := Match{Product: product, Version: version}.with("rpc-version", r.field("X-Transmission-Rpc-Version"))
	return m, named || r.has("X-Transmission-Session-Id") || r.has("X-Transmission-Rpc-Version")
}
