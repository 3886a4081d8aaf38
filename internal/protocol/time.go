package protocol

// timeProtocol says the seconds since 1900 in four bytes, unasked, and closes.
// Any four bytes may be that: those of the years from 2019 to 2035 are a hint.
var timeProtocol = Protocol{
	Name: "time", Title: "Time", Source: "RFC 868",
	Services: []string{"time"},
	Usual:    []uint16{37},
	Answer: func(s Said) (Match, bool) {
		ok := len(s.Data) == 4 && s.Question == "" && s.Closed && s.Data[0] >= 0xe0 && s.Data[0] < 0xff
		return Match{Strength: Hint, Kind: Banner, To: len(s.Data)}, ok
	},
}
