package protocol

import "bytes"

// grafana sends to its login; its health says the version.
var grafana = Protocol{
	Name: "grafana", Title: "Grafana", Source: "Grafana documentation, health API",
	Over:   "http",
	Usual:  []uint16{3000},
	Answer: overHTTP(grafanaWords),
	Questions: []Question{
		{Name: "grafana-health", Rank: 3, InTLS: true, After: []string{"http"}, Bytes: httpGet("/api/health")},
	},
}

func grafanaWords(r textReply) (Match, bool) {
	said := r.json()
	if said["database"] != "" && said["version"] != "" && said["commit"] != "" {
		return Match{Version: said["version"]}, true
	}
	if r.sets("grafana_session") || r.title() == "Grafana" && bytes.Contains(r.text(), []byte("grafanaBootData")) {
		return Match{}, true
	}
	return Match{Strength: Likely}, r.title() == "Grafana"
}
