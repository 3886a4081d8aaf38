package protocol

import "strings"

// spark titles its pages with what they are about, and shows its version.
var spark = Protocol{
	Name: "spark", Title: "Apache Spark", Source: "Apache Spark documentation, web interfaces",
	Over:   "http",
	Usual:  []uint16{8080, 8081, 4040, 18080},
	Answer: overHTTP(sparkWords),
}

func sparkWords(r textReply) (Match, bool) {
	title := r.title()
	role := ""
	switch {
	case strings.HasPrefix(title, "Spark Master at spark://"):
		role = "master"
	case strings.HasPrefix(title, "Spark Worker at "):
		role = "worker"
	case title == "History Server" && strings.Contains(string(r.text()), "/static/spark-logo"):
		role = "history"
	case strings.HasSuffix(title, " - Spark Jobs"):
		role = "application"
	default:
		return Match{}, false
	}
	m := Match{}.with("role", role)
	if tag, ok := between(r.text(), `<span class="version"`, "</span>"); ok {
		_, m.Version, _ = strings.Cut(tag, ">")
	}
	return m, true
}
