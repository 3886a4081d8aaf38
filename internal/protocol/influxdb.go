package protocol

import "strings"

// influxdb puts its version into the fields of every answer.
var influxdb = Protocol{
	Name: "influxdb", Title: "InfluxDB", Source: "InfluxDB documentation, HTTP API",
	Over:   "http",
	Usual:  []uint16{8086},
	Answer: overHTTP(influxdbWords),
}

func influxdbWords(r textReply) (Match, bool) {
	m := Match{Version: strings.TrimPrefix(r.field("X-Influxdb-Version"), "v")}.with("build", r.field("X-Influxdb-Build"))
	return m, r.has("X-Influxdb-Version")
}
