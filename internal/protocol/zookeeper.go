package protocol

import (
	"bytes"
	"strings"
)

// zookeeper answers four letters with its figures, or with the word that they
// are not allowed.
var zookeeper = Protocol{
	Name: "zookeeper", Title: "ZooKeeper", Source: "ZooKeeper Administrator's Guide, The Four Letter Words", TCPOnly: true,
	Usual:  []uint16{2181},
	Answer: answerZooKeeper,
	Opening: func(s Said) (Match, bool) {
		word := string(bytes.TrimRight(s.Data, "\r\n"))
		ok := word == "srvr" || word == "ruok" || word == "mntr" || word == "envi"
		return Match{Strength: Likely, Kind: Opening, To: len(s.Data)}.with("command", word), ok
	},
	Questions: []Question{{Name: "zookeeper-srvr", When: Anywhere, Rank: 40, InTLS: true, Bytes: fixed("srvr")}},
}

func answerZooKeeper(s Said) (Match, bool) {
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if version, ok := between(s.Data, "Zookeeper version: ", ","); ok && bytes.HasPrefix(s.Data, []byte("Zookeeper version: ")) {
		// Behind the version stands the commit that it was built from.
		m.Version, _, _ = strings.Cut(versionAt(version), "-")
		mode, _ := between(s.Data, "\nMode: ", "\n")
		return m.with("mode", mode), true
	}
	if bytes.HasPrefix(s.Data, []byte("srvr is not executed because it is not in the whitelist.")) {
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}
