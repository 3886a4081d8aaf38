package protocol

// jenkins puts its version into a field of every answer.
var jenkins = Protocol{
	Name: "jenkins", Title: "Jenkins", Source: "Jenkins documentation, remote access API",
	Over:   "http",
	Usual:  []uint16{8080},
	Answer: overHTTP(jenkinsWords),
}

func jenkinsWords(r textReply) (Match, bool) {
	return Match{Version: r.field("X-Jenkins")}.with("hudson", r.field("X-Hudson")), r.has("X-Jenkins")
}
