package portolan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Transport is a protocol that carries port numbers.
// The zero value is [TCP]; use [ParseTransport] for text.
type Transport uint8

// The four transports of IANA's service name and port number registry
// (RFC 6335, section 6), and the ARPANET's sockets that came before them.
const (
	TCP  Transport = iota // RFC 9293
	UDP                   // RFC 768
	SCTP                  // RFC 9260
	DCCP                  // RFC 4340
	// NCP marks the ARPANET's 8-bit socket numbers (1972-1980). It occurs in
	// history only: no host has NCP sockets today.
	NCP
)

// Transports lists the transports that have ports today, in display order.
var Transports = [...]Transport{TCP, UDP, SCTP, DCCP}

var transportNames = [...]string{"tcp", "udp", "sctp", "dccp", "ncp"}

// String returns the lower-case keyword that the registry prints ("tcp").
func (t Transport) String() string {
	if int(t) < len(transportNames) {
		return transportNames[t]
	}
	return "transport(" + strconv.Itoa(int(t)) + ")"
}

// MarshalText writes the keyword, so that JSON shows "tcp" and not 0.
func (t Transport) MarshalText() ([]byte, error) {
	if int(t) >= len(transportNames) {
		return nil, fmt.Errorf("portolan: no transport has number %d", t)
	}
	return []byte(transportNames[t]), nil
}

// UnmarshalText accepts what [ParseTransport] accepts.
func (t *Transport) UnmarshalText(b []byte) error {
	p, err := ParseTransport(string(b))
	if err == nil {
		*t = p
	}
	return err
}

// ParseTransport reads a transport keyword in any case ("tcp", "UDP").
func ParseTransport(s string) (Transport, error) {
	for i, n := range transportNames {
		if strings.EqualFold(s, n) {
			return Transport(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no transport: use tcp, udp, sctp or dccp", s)
}

// Key names one entry of the registry: a port of one transport.
type Key struct {
	Port      uint16
	Transport Transport
}

// String returns the registry's own notation, "378/tcp".
func (k Key) String() string {
	return strconv.Itoa(int(k.Port)) + "/" + k.Transport.String()
}

// ParseKey reads "378/tcp".
func ParseKey(s string) (Key, error) {
	num, tr, ok := strings.Cut(s, "/")
	if !ok {
		return Key{}, fmt.Errorf("%q has no transport: write it as %s/tcp", s, s)
	}
	p, err := ParsePort(num)
	if err != nil {
		return Key{}, err
	}
	t, err := ParseTransport(tr)
	return Key{p, t}, err
}

// Range is one of the three parts of the port space (RFC 6335, section 6).
type Range uint8

// The ranges, with their inclusive limits.
const (
	System  Range = iota // 0-1023, also called well-known
	User                 // 1024-49151, also called registered
	Dynamic              // 49152-65535, also called private or ephemeral; never assigned
)

var ranges = [...]struct {
	name string
	span Span
}{{"system", Span{0, 1023}}, {"user", Span{1024, 49151}}, {"dynamic", Span{49152, 65535}}}

// RangeOf returns the range that a port lies in.
func RangeOf(port uint16) Range {
	switch {
	case port < 1024:
		return System
	case port < 49152:
		return User
	}
	return Dynamic
}

// String returns RFC 6335's word: system, user or dynamic.
func (r Range) String() string {
	if int(r) < len(ranges) {
		return ranges[r].name
	}
	return "range(" + strconv.Itoa(int(r)) + ")"
}

// Span returns the ports of the range.
func (r Range) Span() Span { return ranges[r].span }

// Span is an inclusive run of ports. A single port has First == Last.
type Span struct{ First, Last uint16 }

// Len returns how many ports the span holds, 1 to 65536.
func (s Span) Len() int { return int(s.Last) - int(s.First) + 1 }

// Contains reports whether port lies in the span.
func (s Span) Contains(port uint16) bool { return s.First <= port && port <= s.Last }

// String returns "378" or "6000-6063".
func (s Span) String() string {
	if s.First == s.Last {
		return strconv.Itoa(int(s.First))
	}
	return strconv.Itoa(int(s.First)) + "-" + strconv.Itoa(int(s.Last))
}

// ErrNotPort is what [ParseQuery] wraps when a text looks like a port or a
// range but is none ("70000", "5-"). A caller tells it from a service name.
var ErrNotPort = errors.New("not a port")

// ParsePort reads a decimal port number, 0 to 65535, digits only.
func ParsePort(s string) (uint16, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, fmt.Errorf("%w: %q: a port is a decimal number from 0 to 65535", ErrNotPort, s)
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%w: %s is above 65535, the highest port", ErrNotPort, s)
	}
	return uint16(n), nil
}

// ParseSpan reads "378" or "6000-6063".
func ParseSpan(s string) (Span, error) {
	a, b, isRange := strings.Cut(s, "-")
	first, err := ParsePort(a)
	if err != nil || !isRange {
		return Span{first, first}, err
	}
	if b == "" {
		return Span{}, fmt.Errorf("%w: %q has no end: write it as %s-65535", ErrNotPort, s, a)
	}
	last, err := ParsePort(b)
	if err != nil {
		return Span{}, err
	}
	if last < first {
		return Span{}, fmt.Errorf("%w: %q runs backwards: write it as %s-%s", ErrNotPort, s, b, a)
	}
	return Span{first, last}, nil
}

// Query is what a person asks for: ports, or a service by name, of one
// transport or of all.
type Query struct {
	Text string // as typed
	// Service is set when the text is a name; Span is meaningful otherwise.
	Service string
	Span    Span
	// Transport is meaningful when HasTransport is set.
	Transport    Transport
	HasTransport bool
}

// ParseQuery reads PORT, FIRST-LAST or SERVICE, each with an optional
// "/transport". A text that starts with a digit and holds nothing but digits
// and hyphens is taken for numbers and must be right: the error then wraps
// [ErrNotPort]. Every other text is a service name, which may itself hold a
// slash or a digit ("914c/g", "3com-tsmux"); whether one is known is for the
// registry to say.
func ParseQuery(s string) (Query, error) {
	q := Query{Text: s}
	name := s
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		if t, err := ParseTransport(s[i+1:]); err == nil {
			name, q.Transport, q.HasTransport = s[:i], t, true
		} else if numeric(s[:i]) {
			return q, fmt.Errorf("%w: %q: %w", ErrNotPort, s, err)
		}
	}
	if name == "" {
		return q, fmt.Errorf("%w: %q is empty: give a port, a range or a service name", ErrNotPort, s)
	}
	if !numeric(name) {
		q.Service = name
		return q, nil
	}
	var err error
	q.Span, err = ParseSpan(name)
	return q, err
}

// numeric reports whether s can only have been meant as a port or a range.
// A leading hyphen counts too: "-5" is a slip, no service starts so (RFC 6335,
// section 5.1).
func numeric(s string) bool {
	return s != "" && strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789-") == ""
}
