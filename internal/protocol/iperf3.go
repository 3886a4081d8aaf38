package protocol

// iperf3 takes any 37 bytes for a client's cookie and answers one byte. Busy
// with another's test, it refuses in one.
var iperf3 = Protocol{
	Name: "iperf3", Title: "iperf3", Source: "iperf3, iperf_api.h: the states of a test", TCPOnly: true,
	Usual: []uint16{5201},
	Answer: func(s Said) (Match, bool) {
		// PARAM_EXCHANGE is 9, ACCESS_DENIED -1: one byte, to a question that is long enough.
		if len(s.Data) != 1 || s.Question != "http-get" || len(s.Asked) < 37 || s.Data[0] != 9 && s.Data[0] != 0xff {
			return Match{}, false
		}
		m := Match{Strength: Likely, Kind: Handshake, To: 1}
		if s.Data[0] == 0xff {
			m.Strength = Hint
		}
		return m, true
	},
	Opening: func(s Said) (Match, bool) {
		b := s.Data
		if len(b) != 37 || b[36] != 0 {
			return Match{}, false
		}
		for _, c := range b[:36] {
			if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
				return Match{}, false
			}
		}
		return Match{Strength: Certain, Kind: Opening, To: 37}, true
	},
}
