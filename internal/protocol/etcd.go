package protocol

// etcd says nothing at its root; /version tells, and tells of Kubernetes and Docker too.
var etcd = Protocol{
	Name: "etcd", Title: "etcd", Source: "etcd documentation, version endpoint",
	Over:     "http",
	Services: []string{"etcd-client", "etcd-server"},
	Usual:    []uint16{2379, 2380, 4001},
	Answer:   overHTTP(etcdWords),
	Questions: []Question{
		{Name: "http-version", Rank: 1, InTLS: true, After: []string{"http"}, Bytes: httpGet("/version")},
	},
}

func etcdWords(r textReply) (Match, bool) {
	said := r.json()
	version, server := said["etcdserver"]
	cluster, known := said["etcdcluster"]
	return Match{Version: version}.with("cluster-version", cluster), server && known
}
