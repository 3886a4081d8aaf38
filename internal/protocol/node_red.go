package protocol

import "bytes"

// nodeRED says its name in its page, and no version.
var nodeRED = Protocol{
	Name: "node-red", Title: "Node-RED", Source: "Node-RED editor, index page",
	Over:   "http",
	Usual:  []uint16{1880},
	Answer: overHTTP(nodeREDWords),
}

func nodeREDWords(r textReply) (Match, bool) {
	if r.title() != "Node-RED" {
		return Match{}, false
	}
	if bytes.Contains(r.text(), []byte("red/red.min.js")) || bytes.Contains(r.text(), []byte(`id="red-ui-editor"`)) {
		return Match{}, true
	}
	return Match{Strength: Likely}, true
}
