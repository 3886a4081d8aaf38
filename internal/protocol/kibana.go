package protocol

// kibana puts its name, and earlier its version, into fields.
var kibana = Protocol{
	Name: "kibana", Title: "Kibana", Source: "Kibana documentation",
	Over:   "http",
	Usual:  []uint16{5601},
	Answer: overHTTP(kibanaWords),
}

func kibanaWords(r textReply) (Match, bool) {
	m := Match{Version: r.field("kbn-version")}.with("name", r.field("kbn-name"))
	return m, r.has("kbn-name") || r.has("kbn-version") || r.has("kbn-license-sig")
}
