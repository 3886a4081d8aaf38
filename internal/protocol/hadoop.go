package protocol

import "strings"

// hadoop sends from the root of each daemon to its own page.
var hadoop = Protocol{
	Name: "hadoop", Title: "Hadoop web interface", Source: "Apache Hadoop documentation, HDFS and YARN web interfaces",
	Over:   "http",
	Usual:  []uint16{9870, 9864, 8088, 50070, 50075},
	Answer: overHTTP(hadoopWords),
}

// hadoopDaemons are the pages that the root of each daemon sends to.
var hadoopDaemons = [...]struct{ page, name string }{
	{"dfshealth.html", "namenode"}, {"datanode.html", "datanode"}, {"status.html", "secondarynamenode"}, {"journalnode.html", "journalnode"},
}

func hadoopWords(r textReply) (Match, bool) {
	page := string(r.text())
	if r.title() == "Hadoop Administration" {
		for _, d := range hadoopDaemons {
			if strings.Contains(page, "url="+d.page) {
				return Match{}.with("daemon", d.name), true
			}
		}
	}
	if strings.HasPrefix(r.title(), "Namenode information") || strings.HasPrefix(r.title(), "DataNode Information") {
		return Match{Strength: Likely}, true
	}
	return Match{Strength: Likely}, r.status == 302 && strings.HasSuffix(r.field("Location"), ":8088/cluster")
}
