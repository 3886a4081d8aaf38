package protocol

import "bytes"

// nifi asks at its root whether its own path was meant.
var nifi = Protocol{
	Name: "nifi", Title: "Apache NiFi", Source: "Apache NiFi administration guide",
	Over:   "http",
	Usual:  []uint16{8443, 8080},
	Answer: overHTTP(nifiWords),
}

func nifiWords(r textReply) (Match, bool) {
	page := r.text()
	meant := bytes.Contains(page, []byte("Did you mean")) && bytes.Contains(page, []byte(`href="/nifi`))
	if meant {
		return Match{}, true
	}
	return Match{Strength: Likely}, r.title() == "NiFi"
}
