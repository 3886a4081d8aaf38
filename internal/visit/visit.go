package visit

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/fingerprint"
)

// Kind is what a visit looks like, as a whole.
type Kind string

// The kinds.
const (
	// Single: a knock or two.
	Single Kind = "knock"
	// Scan: three ports or more, or a tool's packets.
	Scan Kind = "scan"
	// Sweep: three own addresses or more.
	Sweep Kind = "sweep"
	// TwoPhase: an irregular SYN, then a real connection from the same source or its
	// /24 within hours (Spoki, USENIX Security 2022).
	TwoPhase Kind = "two-phase"
	// Backscatter: answers to packets that others sent in our name.
	Backscatter Kind = "backscatter"
	// Misconfiguration: one port, again and again, at a regular interval.
	Misconfiguration Kind = "misconfiguration"
	// Local: a process of this host.
	Local Kind = "local"
)

// Kinds lists the kinds.
var Kinds = []Kind{Single, Scan, Sweep, TwoPhase, Backscatter, Misconfiguration, Local}

// Origin is where a source is.
type Origin string

// The origins.
const (
	FromHost    Origin = "local"   // this host
	FromOwn     Origin = "own"     // the own network, or a private address
	FromOutside Origin = "outside" // anywhere else
)

// Verdict is what a visit comes to.
type Verdict string

// The verdicts.
const (
	Lateral    Verdict = "lateral"    // the own network, where nothing should be asked for
	Inside     Verdict = "inside"     // this host itself
	Spoken     Verdict = "spoken"     // somebody spoke to a silent port, and it is no scanner's noise
	Noise      Verdict = "noise"      // what every address of the Internet gets
	Unexpected Verdict = "unexpected" // a knock that nothing explains
)

// Severity says what an operator should do about a visit.
type Severity uint8

// The severities, in order; internal/judge has the same.
const (
	OK      Severity = iota // nothing to do
	Notice                  // good to know
	Warning                 // look at it
	Urgent                  // look at it now
)

var severityNames = [...]string{"ok", "notice", "warning", "alert"}

// String returns ok, notice, warning or alert.
func (s Severity) String() string { return severityNames[min(int(s), len(severityNames)-1)] }

// MarshalText writes the same word as String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads ok, notice, warning or alert. Fuzzed by FuzzParseRules.
func (s *Severity) UnmarshalText(b []byte) error {
	for i, n := range severityNames {
		if n == string(b) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no severity: use ok, notice, warning or alert", b)
}

// State says whether a visit goes on.
type State string

// The states.
const (
	Open  State = "open"
	Ended State = "ended" // nothing came for a while, or the Book was closed
	// Evicted: there were too many; what comes after is another visit.
	Evicted State = "evicted"
)

// Reason says why a kind or a verdict is what it is.
type Reason struct {
	Code string `json:"code"` // stable, for programs
	Text string `json:"text"`
}

// Visit is one source's activity, as one value: nothing in it is shared with
// the Book.
type Visit struct {
	ID       string `json:"id"`
	Revision uint32 `json:"revision"`
	State    State  `json:"state"`
	// First and Last are in UTC, to the millisecond. Last never goes back.
	First        time.Time        `json:"first"`
	Last         time.Time        `json:"last"`
	Source       netip.Addr       `json:"source"`
	SourcePorts  []uint16         `json:"source_ports"` // the first few
	Origin       Origin           `json:"origin"`
	Process      *Process         `json:"process"`
	Interfaces   []string         `json:"interfaces"`
	Why          []string         `json:"why"`
	Kind         Kind             `json:"kind"`
	Evidence     []Reason         `json:"evidence"` // of the kind
	Verdict      Verdict          `json:"verdict"`
	Severity     Severity         `json:"severity"`
	Reasons      []Reason         `json:"reasons"` // of verdict and severity
	Packets      uint64           `json:"packets"`
	Connections  uint64           `json:"connections"` // that completed a handshake
	Listens      bool             `json:"listens"`     // it holds ports, rather than knocking on them
	Ports        []TransportPorts `json:"ports"`
	Assigned     []Assigned       `json:"assigned"` // of the first few ports
	Destinations Destinations     `json:"destinations"`
	Techniques   []TechniqueCount `json:"techniques"`
	Protocols    []Protocol       `json:"protocols"`
	Tools        []Tool           `json:"tools"`
	Products     []Product        `json:"products"` // that the visitor stated
	Fingerprints Fingerprints     `json:"fingerprints"`
	Payloads     []Payload        `json:"payloads"`
	PayloadsMore uint64           `json:"payloads_more"` // heard, and not kept
}

// TransportPorts are the ports of one transport that were touched.
type TransportPorts struct {
	Transport portolan.Transport `json:"transport"`
	Ports     Ports              `json:"ports"`
	Count     int                `json:"count"`
}

// Assigned is what the registry says of a port.
type Assigned struct {
	Port      uint16             `json:"port"`
	Transport portolan.Transport `json:"transport"`
	Status    string             `json:"status"`
	Service   string             `json:"service"`
}

// Destinations are the own addresses that were touched: the first 256, in order.
type Destinations struct {
	Addresses []netip.Addr `json:"addresses"`
	More      bool         `json:"more"` // there were others
}

// TechniqueCount is how often a packet asked in one way.
type TechniqueCount struct {
	Technique fingerprint.Technique `json:"technique"`
	Packets   uint64                `json:"packets"`
}

// Protocol is one that was spoken.
type Protocol struct {
	Name     string   `json:"protocol"`
	Product  string   `json:"product"` // as it was stated; bytes from outside
	Version  string   `json:"version"`
	Strength string   `json:"strength"`
	InTLS    bool     `json:"in_tls"`
	Details  []Detail `json:"details"`
}

// Detail is a further fact that was stated.
type Detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Tool is a program that packets show.
type Tool struct {
	Name     string     `json:"tool"`
	Packets  int        `json:"packets"`
	Evidence []Evidence `json:"evidence"`
}

// Evidence is what a name rests on.
type Evidence struct {
	Rule   string `json:"rule"`
	Source string `json:"source"`
	Saw    string `json:"saw"`
}

// Product is a program that words named.
type Product struct {
	Name    string `json:"product"` // as it was stated; bytes from outside
	Scanner string `json:"scanner"` // "" where it is none that is known
	Rule    string `json:"rule"`
	Source  string `json:"source"`
}

// Fingerprints are the first few of each form.
type Fingerprints struct {
	P0f []string `json:"p0f"`
	JA3 []string `json:"ja3"`
	JA4 []string `json:"ja4"`
}

// Payload is something that was said, as it came.
type Payload struct {
	At          time.Time          `json:"at"`
	Transport   portolan.Transport `json:"transport"`
	Port        uint16             `json:"port"`
	SourcePort  uint16             `json:"source_port"`
	Destination netip.Addr         `json:"destination"`
	Data        []byte             `json:"data"`   // base64 in JSON
	Length      int                `json:"length"` // of what was said, as far as that is known
	SHA256      string             `json:"sha256"` // of Data
	Truncated   bool               `json:"truncated"`
	Closed      bool               `json:"closed"`
	InTLS       bool               `json:"in_tls"`
	Times       uint64             `json:"times"`    // how often the same was said
	Protocol    string             `json:"protocol"` // "" where it is not known
	// Preview is for people: printable ASCII, passwords masked.
	Preview    string      `json:"preview"`
	Transcript *Transcript `json:"transcript"` // of TELNET; null for the rest
}
