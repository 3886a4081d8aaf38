package protocol

// docker names itself in the Server field of every answer; Podman offers the same API.
var docker = Protocol{
	Name: "docker", Title: "Docker Engine API", Source: "Docker Engine API reference, version 1.41",
	Over:        "http",
	Services:    []string{"docker"},
	TLSServices: []string{"docker-s"},
	Usual:       []uint16{2375, 2376},
	Answer:      overHTTP(dockerWords),
}

func dockerWords(r textReply) (Match, bool) {
	said := r.json()
	m := Match{}.with("api-version", r.field("Api-Version"))
	var engine, podman bool
	m.Product, m.Version, engine = r.server("Docker")
	if !engine {
		m.Product, m.Version, podman = r.server("Libpod")
	}
	switch {
	case engine && m.Version != "", podman, r.has("Libpod-Api-Version"):
		return m, true
	case said["ApiVersion"] != "" && said["MinAPIVersion"] != "" && said["Version"] != "":
		m.Version = said["Version"]
		return m.with("api-version", said["ApiVersion"]), true
	}
	return Match{}, false
}
