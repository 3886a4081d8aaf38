package protocol

import (
	"slices"

	"github.com/portolan/portolan"
)

// Protocol is one that can be known by what is said in it.
type Protocol struct {
	Name   string // lower case, as people say it: "ssh", "postgresql"
	Title  string // for people: "PostgreSQL"
	Source string // the document that gives its grammar
	// TCPOnly: it is never spoken in datagrams.
	TCPOnly bool
	// Over names the protocol that carries this one: "http" for Elasticsearch. A
	// match of this one is one of the carrier too, and says more.
	Over string
	// Outranks names protocols whose matches are void where this one matches: a
	// proxy that refuses in words of HTTP is no web server.
	Outranks []string
	// Services are the registered names that this protocol keeps the promise
	// of, as the registry writes them; TLSServices those that promise it in TLS.
	Services, TLSServices []string
	// Usual are ports where it is commonly found, registered for it or not. They
	// decide only what is asked first.
	Usual []uint16
	// Answer recognises what a server said; nil where none can be made to speak.
	Answer func(Said) (Match, bool)
	// Opening recognises a client's first words; nil where the client waits.
	Opening func(Said) (Match, bool)
	// Questions are what a server may be asked, cheapest first.
	Questions []Question
	// Silent says why a server of this protocol never answers a stranger; ""
	// where it does.
	Silent string
}

// When says on which ports a question is asked.
type When uint8

// The occasions.
const (
	Anywhere  When = iota // on every port, in the order of Rank
	AtHome                // only where the port is registered or usual for the protocol
	OnRequest             // only where the user asks for industrial protocols by name
)

// Question is something that may be sent to a server to make it speak. It
// changes no state, logs in nowhere, and is as short as its protocol allows.
type Question struct {
	Name      string // "redis-ping"; unique in the table
	Transport portolan.Transport
	When      When
	// Rank orders the questions asked anywhere, lowest first: what is common and
	// answers many comes early.
	Rank int
	// InTLS: it is worth asking inside TLS too.
	InTLS bool
	// After names protocols: the question is asked only of a server that was found
	// to speak one of them, on a new connection, to learn product and version.
	After []string
	// Waits: the server speaks first; the question is sent behind its greeting.
	Waits bool
	// OtherPort: a UDP server answers from a port of its own choice.
	OtherPort bool
	// Bytes is the question. It is at most 1,400 bytes long in a datagram, 1,600
	// over TCP.
	Bytes func(Ask) []byte
	// Next gives what to send behind an answer on the same connection, for
	// handshakes of more than one step; nil bytes end it. s.Data is all that was
	// said so far. Next itself may be nil.
	Next func(s Said, step int) []byte
}

// Ask is what a question may need to know.
type Ask struct {
	Nonce Nonce
	// Agent says who asks, for protocols with a place for it ("portolan/0.1
	// (+mailto:noc@example.net)"): printable ASCII without quotes.
	Agent string
	// Host is the server as the user named it, an address or a name.
	Host string
	Port uint16
}

// fixed is a question that is always the same.
func fixed(s string) func(Ask) []byte { return func(Ask) []byte { return []byte(s) } }

// Named returns a protocol of the table; false where it has none of that name.
func Named(name string) (*Protocol, bool) {
	for i := range Table {
		if Table[i].Name == name {
			return &Table[i], true
		}
	}
	return nil, false
}

// Keeps reports whether speaking this protocol, in TLS or not, is what a
// service of the given registered name promises.
func (p *Protocol) Keeps(service string, inTLS bool) bool {
	if inTLS && slices.Contains(p.TLSServices, service) {
		return true
	}
	return slices.Contains(p.Services, service)
}

// Overrules reports whether a match of p makes one of the named protocol void,
// or is the fuller statement of it.
func (p *Protocol) Overrules(other string) bool {
	return p.Over == other || slices.Contains(p.Outranks, other)
}

// Recognise returns what a server said: the strongest match first, without
// those that another outranks. More than one match means that the words belong
// to more than one protocol, so that none of them is shown.
func Recognise(s Said) []Match {
	return recognise(s, func(p *Protocol) func(Said) (Match, bool) { return p.Answer })
}

// RecogniseOpening returns what a client's first words were, as [Recognise] does.
func RecogniseOpening(s Said) []Match {
	return recognise(s, func(p *Protocol) func(Said) (Match, bool) { return p.Opening })
}

func recognise(s Said, by func(*Protocol) func(Said) (Match, bool)) []Match {
	if len(s.Data) == 0 {
		return nil
	}
	if len(s.Data) > MostKept {
		s.Data, s.Cut = s.Data[:MostKept:MostKept], true
	}
	var found []Match
	for i := range Table {
		p := &Table[i]
		f := by(p)
		if f == nil || p.TCPOnly && s.Transport != portolan.TCP {
			continue
		}
		if m, ok := f(s); ok {
			m.Protocol = p.Name
			m.Product, m.Version = clip(m.Product), clip(m.Version)
			found = append(found, m)
		}
	}
	found = slices.DeleteFunc(found, func(m Match) bool {
		return slices.ContainsFunc(found, func(o Match) bool {
			p, _ := Named(o.Protocol)
			return p != nil && p.Overrules(m.Protocol)
		})
	})
	slices.SortStableFunc(found, func(a, b Match) int { return int(b.Strength) - int(a.Strength) })
	return found
}
