package protocol

// nexus names itself: "Nexus/3.41.1-01 (OSS)". It may serve a registry of images too.
var nexus = Protocol{
	Name: "nexus", Title: "Nexus Repository", Source: "Sonatype Nexus Repository documentation",
	Over:     "http",
	Outranks: []string{"docker-registry"},
	Usual:    []uint16{8081},
	Answer:   overHTTP(nexusWords),
}

func nexusWords(r textReply) (Match, bool) {
	m := Match{}
	m.Product, m.Version = serverProduct(r.field("Server"))
	edition, _ := between([]byte(r.field("Server")), "(", ")")
	return m.with("edition", edition), m.Product == "Nexus" && m.Version != ""
}
