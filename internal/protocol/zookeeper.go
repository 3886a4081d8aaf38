package protocol

import (
	"bytes"
	"strings"
)

// zookeeper answers four letters with its figures, or with the word that they
// are not allowed.
var zookeeper = Protocol{
	Name: "zookeeper", Title: "ZooKeeper", Source: "ZooKeeper Administrator's Guide, The Four Letter Words", TCPOnly: true,
	Usual:   []uint16{2181},
	Answer:  answerZooKeeper,
	Opening: openingZooKeeper,
	Questions: []Question{
		{Name: "zookeeper-srvr", When: Anywhere, Rank: 40, InTLS: true, Bytes: fixed("srvr")},
	},
}

func answerZooKeeper(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Handshake, To: len(line)}
	text := string(line)
	switch {
	case !whole || !printable(line):
	case strings.HasPrefix(text, "Zookeeper version: ") && strings.Contains(text, ", built on "):
		version, _, _ := strings.Cut(text[len("Zookeeper version: "):], ",")
		// "3.8.0-<the revision that it was built from>"
		if i := strings.LastIndexByte(version, '-'); i > 0 {
			version = strings.TrimRight(version[:i], "-")
		}
		m.Product, m.Version = "Zookeeper", version
		mode, _ := between(s.Data, "\nMode: ", "\n")
		return m.with("mode", mode), true
	case text == "srvr is not executed because it is not in the whitelist.":
		m.Kind = ErrorText
		return m, true
	case text == "This ZooKeeper instance is not currently serving requests":
		m.Kind = ErrorText
		return m.with("mode", "not serving"), true
	}
	return Match{}, false
}

// openingZooKeeper recognises a client's four letters, and the first packet of a
// session, whose length is that of a ConnectRequest.
func openingZooKeeper(s Said) (Match, bool) {
	switch word := string(bytes.TrimRight(s.Data, "\r\n")); word {
	case "srvr", "ruok", "mntr", "envi", "conf", "cons", "wchs", "stat", "isro", "dump":
		return Match{Strength: Likely, Kind: Opening, To: len(word)}.with("command", word), true
	}
	size, _ := be32(s.Data, 0)
	version, _ := be32(s.Data, 4)
	password, ok := be32(s.Data, 28)
	if !ok || size != 44 && size != 45 || version != 0 || password != 16 || len(s.Data) != int(size)+4 {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}, true
}
