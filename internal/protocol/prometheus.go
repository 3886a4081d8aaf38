package protocol

import "strings"

// prometheus names itself in its pages, and its build in its API. Others offer the
// same API: they are known as what they say that they are.
var prometheus = Protocol{
	Name: "prometheus", Title: "Prometheus", Source: "Prometheus documentation, HTTP API",
	Over:   "http",
	Usual:  []uint16{9090},
	Answer: overHTTP(prometheusWords),
	Questions: []Question{
		{Name: "prometheus-build", Rank: 2, InTLS: true, After: []string{"http"}, Bytes: httpGet("/api/v1/status/buildinfo")},
	},
}

func prometheusWords(r textReply) (Match, bool) {
	said := r.json()
	if said["status"] == "success" && said["data.version"] != "" && said["data.goVersion"] != "" && said["data.revision"] != "" {
		return Match{Product: said["data.application"], Version: said["data.version"]}, true
	}
	return Match{}, strings.HasPrefix(r.title(), "Prometheus Time Series Collection and Processing Server")
}
