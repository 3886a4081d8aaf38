package protocol

import (
	"bytes"
	"strings"
)

// zookeeperAdmin says nothing at its root; its commands answer in JSON.
var zookeeperAdmin = Protocol{
	Name: "zookeeper-admin", Title: "ZooKeeper AdminServer", Source: "ZooKeeper administrator guide, AdminServer",
	Over:   "http",
	Usual:  []uint16{8080},
	Answer: overHTTP(zookeeperAdminWords),
}

func zookeeperAdminWords(r textReply) (Match, bool) {
	if page := r.text(); bytes.Contains(page, []byte(`<a href="/commands/stats"`)) && bytes.Contains(page, []byte(`<a href="/commands/ruok"`)) {
		return Match{}, true
	}
	said := r.json()
	version, _, _ := strings.Cut(said["version"], ",") // ", built on …" follows
	return Match{Version: version}, said["command"] != "" && said["version"] != "" && said["server_stats.server_state"] != ""
}
