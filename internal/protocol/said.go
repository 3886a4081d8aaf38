package protocol

import "github.com/portolan/portolan"

// MostKept is how many bytes of one exchange are kept and looked at.
const MostKept = 4096

// NonceSize is the length of a [Nonce] in bytes.
const NonceSize = 16

// Nonce is random for every exchange. A question puts some of it where the
// protocol has a place that an answer must repeat (a transaction id, a cookie),
// so that an echo of it proves an answer to this question.
type Nonce [NonceSize]byte

// Said is what one side of a conversation said, from its first byte on.
type Said struct {
	Transport portolan.Transport
	// Question is the name of what the peer was asked before it spoke; "" where
	// it spoke unasked.
	Question string
	Asked    []byte // the bytes of that question
	Nonce    Nonce  // that they were built with
	Data     []byte // what was said, at most [MostKept] bytes
	Cut      bool   // more was said than is kept
	Closed   bool   // the connection was closed behind it
	InTLS    bool
	ALPN     string // agreed on in TLS; "" for none
}

// Strength says how much of a protocol's own grammar was seen.
type Strength uint8

// The strengths, weakest first.
const (
	// Hint: a shape that the protocol has and others may have too.
	Hint Strength = iota + 1
	// Likely: the protocol's grammar, in a part short enough that another could say it.
	Likely
	// Certain: what only the protocol says: its magic with checked lengths, an
	// echo of our nonce in its place, a status grammar with its own words.
	Certain
)

// String returns hint, likely or certain.
func (s Strength) String() string {
	return [...]string{"none", "hint", "likely", "certain"}[min(s, Certain)]
}

// Kind says what part of a conversation a match rests on.
type Kind string

// The kinds.
const (
	Handshake Kind = "handshake" // the answer to the protocol's own question
	Banner    Kind = "banner"    // said unasked
	ErrorText Kind = "error"     // a refusal of a question of another protocol
	Opening   Kind = "opening"   // the first words of a client
)

// Detail is a further fact that the peer stated: {"auth", "required"}.
type Detail struct{ Name, Value string }

// Match is what somebody spoke.
type Match struct {
	Protocol string // the name in [Table]
	Product  string // as the peer states it; "" where it does not
	Version  string // of the product, as the peer states it; "" where it does not
	Details  []Detail
	Strength Strength
	Kind     Kind
	// From and To bound the bytes of Said.Data that the match rests on.
	From, To int
}

// Basis returns the bytes that a match rests on.
func (m Match) Basis(s Said) []byte {
	if m.From < 0 || m.To > len(s.Data) || m.From > m.To {
		return nil
	}
	return s.Data[m.From:m.To]
}

// with adds a detail that has a value.
func (m Match) with(name, value string) Match {
	if value != "" {
		m.Details = append(m.Details, Detail{name, clip(value)})
	}
	return m
}

// Detail returns the value of a named detail; "" for none.
func (m Match) Detail(name string) string {
	for _, d := range m.Details {
		if d.Name == name {
			return d.Value
		}
	}
	return ""
}

// mostText is how long a product, a version or a detail's value may be.
const mostText = 120

// clip bounds a text that a peer chose.
func clip(s string) string {
	if len(s) > mostText {
		return s[:mostText]
	}
	return s
}
