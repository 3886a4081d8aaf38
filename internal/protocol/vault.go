package protocol

// vault says whether it is sealed to everybody that asks.
var vault = Protocol{
	Name: "vault", Title: "Vault", Source: "Vault documentation, /sys/health",
	Over:   "http",
	Usual:  []uint16{8200},
	Answer: overHTTP(vaultWords),
	Questions: []Question{
		// Standby and sealed servers are asked to answer with 200 too.
		{Name: "vault-health", Rank: 4, InTLS: true, After: []string{"http"}, Bytes: httpGet("/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200")},
	},
}

func vaultWords(r textReply) (Match, bool) {
	said := r.json()
	for _, name := range []string{"initialized", "sealed", "standby", "server_time_utc"} {
		if said[name] == "" {
			return Match{}, false
		}
	}
	return Match{Version: said["version"]}.with("sealed", said["sealed"]).with("cluster", said["cluster_name"]), true
}
