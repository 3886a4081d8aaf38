package protocol

// kubernetes refuses in an object of its own; /version is for everybody.
var kubernetes = Protocol{
	Name: "kubernetes", Title: "Kubernetes API", Source: "Kubernetes API conventions, Status; version endpoint",
	Over:   "http",
	Usual:  []uint16{6443, 8443, 16443},
	Answer: overHTTP(kubernetesWords),
}

func kubernetesWords(r textReply) (Match, bool) {
	said := r.json()
	switch {
	case said["kind"] == "Status" && said["apiVersion"] == "v1" && said["status"] != "" && said["code"] != "":
		return Match{}.with("reason", said["reason"]), true
	case said["gitVersion"] != "" && said["gitTreeState"] != "" && said["major"] != "":
		return Match{Version: said["gitVersion"]}.with("platform", said["platform"]), true
	}
	return Match{}, r.has("X-Kubernetes-Pf-Flowschema-Uid")
}
