package protocol

import "bytes"

// rabbitmqManagement tells its version only to those that log in.
var rabbitmqManagement = Protocol{
	Name: "rabbitmq-management", Title: "RabbitMQ management", Source: "RabbitMQ documentation, management plugin",
	Over:   "http",
	Usual:  []uint16{15672, 15671},
	Answer: overHTTP(rabbitmqWords),
}

func rabbitmqWords(r textReply) (Match, bool) {
	realm, _ := between([]byte(r.field("WWW-Authenticate")), `realm="`, `"`)
	if realm == "RabbitMQ Management" {
		return Match{}, true
	}
	m := Match{Strength: Likely}
	if bytes.Contains(r.text(), []byte(`src="js/ejs-`)) {
		m.Strength = Certain
	}
	return m, r.title() == "RabbitMQ Management"
}
