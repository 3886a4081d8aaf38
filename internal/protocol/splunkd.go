package protocol

// splunkd answers with a feed that says what made it.
var splunkd = Protocol{
	Name: "splunkd", Title: "Splunk daemon", Source: "Splunk REST API reference",
	Over:   "http",
	Usual:  []uint16{8089},
	Answer: overHTTP(splunkdWords),
}

func splunkdWords(r textReply) (Match, bool) {
	m := Match{}
	m.Product, m.Version = serverProduct(r.field("Server"))
	if tag, ok := between(r.text(), "<generator", ">"); ok {
		if version, ok := between([]byte(tag), ` version="`, `"`); ok {
			m.Version = version
		}
	}
	return m, m.Product == "Splunkd"
}
