package protocol

import "bytes"

// consul tells its version to those that may read the agent; a refusal names the right that is missing.
var consul = Protocol{
	Name: "consul", Title: "Consul", Source: "Consul documentation, agent API",
	Over:   "http",
	Usual:  []uint16{8500, 8501},
	Answer: overHTTP(consulWords),
	Questions: []Question{
		// Reading the agent's own state is a right that strangers often have.
		{Name: "consul-agent", Rank: 5, InTLS: true, After: []string{"http"}, Bytes: httpGet("/v1/agent/self")},
	},
}

func consulWords(r textReply) (Match, bool) {
	said := r.json()
	if said["Config.NodeID"] != "" && said["Config.Datacenter"] != "" {
		return Match{Version: said["Config.Version"]}.with("datacenter", said["Config.Datacenter"]).with("node", said["Config.NodeName"]), true
	}
	if r.status == 403 && bytes.HasPrefix(r.text(), []byte("Permission denied: ")) && bytes.Contains(r.text(), []byte("lacks permission 'agent:read'")) {
		return Match{}.with("auth", "required"), true
	}
	return Match{}, r.has("X-Consul-Default-Acl-Policy") || r.has("X-Consul-Index") || r.has("X-Consul-Knownleader")
}
