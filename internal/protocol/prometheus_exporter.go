package protocol

import (
	"bytes"
	"strings"
)

// prometheusExporter offers metrics as text; its root is often a page that links to them.
var prometheusExporter = Protocol{
	Name: "prometheus-exporter", Title: "Prometheus exporter", Source: "Prometheus documentation, exposition formats",
	Over:   "http",
	Usual:  []uint16{9100, 9104, 9113, 9115, 9121, 9187},
	Answer: overHTTP(exporterWords),
	Questions: []Question{
		{Name: "prometheus-metrics", Rank: 7, InTLS: true, After: []string{"http"}, Bytes: httpGet("/metrics")},
	},
}

func exporterWords(r textReply) (Match, bool) {
	if metrics := r.text(); isMetrics(metrics) {
		return exporterBuild(Match{}, metrics), true
	}
	page, title := string(r.text()), r.title()
	name, ok := strings.CutSuffix(title, " Exporter")
	if !ok || !isMetricsLink(page) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Product: name + " Exporter"}
	if version, ok := between([]byte(page), "Version: (version=", ","); ok {
		m.Strength, m.Version = Certain, version
	}
	return m, true
}

func isMetricsLink(page string) bool {
	return strings.Contains(page, `href="/metrics"`) || strings.Contains(page, `href="metrics"`) || strings.Contains(page, "href='/metrics'")
}

// isMetrics reports whether a body begins as metrics do: what a metric is for,
// what type it has, and a value of it, all under one name.
func isMetrics(b []byte) bool {
	help, rest, _ := bytes.Cut(b, []byte("\n"))
	kind, rest, ok := bytes.Cut(rest, []byte("\n"))
	if bytes.HasPrefix(help, []byte("# TYPE ")) { // OpenMetrics writes the type first
		help, kind = kind, help
	}
	words := strings.Fields(string(kind))
	if !ok || len(words) != 4 || words[0] != "#" || words[1] != "TYPE" || !bytes.HasPrefix(help, []byte("# HELP "+words[2]+" ")) {
		return false
	}
	switch words[3] {
	case "counter", "gauge", "histogram", "summary", "untyped", "unknown", "info":
		return bytes.HasPrefix(rest, []byte(words[2]))
	}
	return false
}

// exporterBuild adds what a metric named NAME_build_info says of the program.
func exporterBuild(m Match, metrics []byte) Match {
	for line := range bytes.Lines(metrics) {
		name, labels, ok := bytes.Cut(line, []byte("_build_info{"))
		if !ok || len(name) == 0 || name[0] == '#' || string(name) == "go" {
			continue
		}
		// A comma in front, so that it is not the version of Go.
		if version, ok := between(append([]byte(","), labels...), `,version="`, `"`); ok {
			m.Product, m.Version = string(name), version
			return m
		}
	}
	return m
}
