package protocol

// discard takes everything and says nothing.
var discard = Protocol{
	Name: "discard", Title: "Discard", Source: "RFC 863",
	Services: []string{"discard"},
	Usual:    []uint16{9},
	Silent:   "it throws away what it is sent, and never answers",
}
