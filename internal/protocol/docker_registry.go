package protocol

// dockerRegistry names the API in a field; what serves it, it does not say.
var dockerRegistry = Protocol{
	Name: "docker-registry", Title: "Docker registry", Source: "OCI distribution specification; Docker Registry HTTP API V2",
	Over:   "http",
	Usual:  []uint16{5000},
	Answer: overHTTP(registryWords),
	Questions: []Question{
		{Name: "docker-registry-v2", Rank: 6, InTLS: true, After: []string{"http"}, Bytes: httpGet("/v2/")},
	},
}

func registryWords(r textReply) (Match, bool) {
	return Match{}.with("api-version", r.field("Docker-Distribution-Api-Version")), r.field("Docker-Distribution-Api-Version") == "registry/2.0"
}
