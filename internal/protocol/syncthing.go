package protocol

// syncthing puts its version and who it is into fields of every answer.
var syncthing = Protocol{
	Name: "syncthing", Title: "Syncthing", Source: "Syncthing documentation, REST API",
	Over:   "http",
	Usual:  []uint16{8384},
	Answer: overHTTP(syncthingWords),
}

func syncthingWords(r textReply) (Match, bool) {
	m := Match{Version: r.field("X-Syncthing-Version")}.with("id", r.field("X-Syncthing-Id"))
	return m, r.has("X-Syncthing-Version")
}
