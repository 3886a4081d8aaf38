package protocol

import "strings"

// minio names itself, without a version.
var minio = Protocol{
	Name: "minio", Title: "MinIO", Source: "MinIO documentation",
	Over:   "http",
	Usual:  []uint16{9000, 9001},
	Answer: overHTTP(minioWords),
}

func minioWords(r textReply) (Match, bool) {
	product, version := serverProduct(r.field("Server"))
	// Early releases wrote "Minio/RELEASE.2018-01-02T23-07-00Z (linux; amd64)".
	if _, release, ok := strings.Cut(r.field("Server"), "/RELEASE."); ok {
		version, _, _ = strings.Cut("RELEASE."+release, " ")
	}
	return Match{Product: product, Version: version}, strings.EqualFold(product, "MinIO") || product == "MinIO Console"
}
