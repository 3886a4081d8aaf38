package protocol

// iperf3 takes any 37 bytes for a client's cookie and answers one byte: to go on
// with the test's parameters, or that another's test runs.
var iperf3 = Protocol{
	Name: "iperf3", Title: "iperf3", Source: "iperf3, iperf_api.h: the states of a test", TCPOnly: true,
	Usual:   []uint16{5201},
	Answer:  answerIperf3,
	Opening: openingIperf3,
}

const (
	iperf3Cookie        = 37
	iperf3ParamExchange = 9
	iperf3AccessDenied  = 0xff
)

func answerIperf3(s Said) (Match, bool) {
	if len(s.Data) != 1 || !foreign(s) || len(s.Asked) > 0 && len(s.Asked) < iperf3Cookie {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: ErrorText, To: 1}
	switch {
	case s.Data[0] == iperf3ParamExchange:
		return m, true
	case s.Data[0] == iperf3AccessDenied && s.Closed:
		m.Strength = Hint
		return m.with("state", "busy"), true
	}
	return Match{}, false
}

// openingIperf3 recognises the cookie: 36 characters of base 32, and a zero byte.
func openingIperf3(s Said) (Match, bool) {
	if len(s.Data) != iperf3Cookie || s.Data[iperf3Cookie-1] != 0 {
		return Match{}, false
	}
	for _, c := range s.Data[:iperf3Cookie-1] {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return Match{}, false
		}
	}
	return Match{Strength: Certain, Kind: Opening, To: iperf3Cookie}, true
}
