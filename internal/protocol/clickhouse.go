package protocol

import "strings"

// clickhouse says "Ok." at its root, as others may: its fields tell.
var clickhouse = Protocol{
	Name: "clickhouse", Title: "ClickHouse over HTTP", Source: "ClickHouse documentation, HTTP interface",
	Over:   "http",
	Usual:  []uint16{8123, 8443},
	Answer: overHTTP(clickhouseWords),
}

func clickhouseWords(r textReply) (Match, bool) {
	for _, f := range r.fields {
		if len(f.name) > len("X-ClickHouse-") && strings.EqualFold(f.name[:len("X-ClickHouse-")], "X-ClickHouse-") {
			return Match{}.with("display-name", r.field("X-ClickHouse-Server-Display-Name")).with("timezone", r.field("X-ClickHouse-Timezone")), true
		}
	}
	return Match{}, false
}
