package protocol

// webmin is served by a server that serves nothing else but it and Usermin.
var webmin = Protocol{
	Name: "webmin", Title: "Webmin", Source: "Webmin documentation, miniserv.pl",
	Over:   "http",
	Usual:  []uint16{10000, 20000},
	Answer: overHTTP(webminWords),
}

func webminWords(r textReply) (Match, bool) {
	product, version, ok := r.server("MiniServ")
	m := Match{Product: product, Version: version}
	return m, ok
}
