package protocol

// echo says what was said to it. Only its own question, which holds our nonce, is
// taken for an answer when it comes back: the echo of any other is none.
var echo = Protocol{
	Name: "echo", Title: "Echo", Source: "RFC 862",
	Services: []string{"echo"},
	Usual:    []uint16{7},
	Answer: func(s Said) (Match, bool) {
		ok := s.Question == "echo-nonce" && string(s.Data) == echoText(s.Nonce)
		return Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}, ok
	},
	Questions: []Question{
		{Name: "echo-nonce", When: AtHome, Rank: 87, Bytes: func(a Ask) []byte { return []byte(echoText(a.Nonce)) }},
	},
}

func echoText(n Nonce) string { return "portolan " + textNonce(n, 8) + "\r\n" }
