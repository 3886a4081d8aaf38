package registry

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// Use is what malware, or who runs it, does with a port.
type Use string

// The uses. Which it is follows from ATT&CK's technique alone: we hold its
// procedures' techniques and reports, not their wording.
const (
	UseC2        Use = "c2"        // a technique of command and control: the port is where it speaks with its controller, on either side
	UseListens   Use = "listens"   // waits on the port of the host that it is on, by a socket or a packet filter
	UseScans     Use = "scans"     // looks whether the port is open or answered
	UseOpens     Use = "opens"     // lets the port through a firewall
	UseForwards  Use = "forwards"  // passes other traffic through the port: a tunnel, a proxy, a relay
	UseExploits  Use = "exploits"  // attacks the service on the port: a flaw, guessed or stolen passwords
	UseTransfers Use = "transfers" // carries what was stolen
	UseOther     Use = "other"     // none of these: the sentence says what
)

// Uses lists all uses.
func Uses() []Use {
	return []Use{UseC2, UseListens, UseScans, UseOpens, UseForwards, UseExploits, UseTransfers, UseOther}
}

// Threat is one use of a port that MITRE ATT&CK describes of malware, of a
// tool or of a group. It says that this one was reported to use the port,
// never that what uses the port is this one: the program behind a socket
// decides, not the number.
type Threat struct {
	Port uint16
	// Transport is meaningful when NamesTransport is set. Where ATT&CK names
	// none, tcp and udp may be meant.
	Transport      portolan.Transport
	NamesTransport bool
	Name           string // "TrickBot"
	ID             string // of ATT&CK: S0266 for software, G0034 for a group
	Use            Use
	Techniques     []string // of ATT&CK, "T1571"
	Reports        []Report // that ATT&CK cites for it; none where it cites none
	Text           string   // one sentence, ours
	Lines          []int    // of the raw source, counted from 1
}

// Report is a document that ATT&CK cites.
type Report struct {
	Title string // as ATT&CK calls it
	URL   string // "" where it gives none
}

// On reports whether the threat may speak of transport t.
func (t Threat) On(tr portolan.Transport) bool {
	if t.NamesTransport {
		return t.Transport == tr
	}
	return tr == portolan.TCP || tr == portolan.UDP
}

// URL is ATT&CK's page on the software or group.
func (t Threat) URL() string {
	kind := "software"
	if strings.HasPrefix(t.ID, "G") {
		kind = "groups"
	}
	return "https://attack.mitre.org/" + kind + "/" + t.ID + "/"
}

//go:embed data/threats.tsv
var dataThreats string

// Threats returns what ATT&CK reports of the key, in the table's order; see
// [ThreatSource] for what that rests on and what has to be shown beside it.
// Ports of the whole web (80 and 443) are left out: see
// registry/history/mitre-attack-18.1.left-out.tsv.
func Threats(k portolan.Key) []Threat {
	cell := strconv.Itoa(int(k.Port)) + "\t"
	all := collect(dataThreats, parseThreat, func(line string) bool { return strings.HasPrefix(line, cell) })
	return slices.DeleteFunc(all, func(t Threat) bool { return !t.On(k.Transport) })
}

// AllThreats returns the whole table, by port.
func AllThreats() []Threat { return collect(dataThreats, parseThreat, nil) }

// parseThreat reads one line of threats.tsv.
func parseThreat(line string) (t Threat, err error) {
	c := strings.Split(line, "\t")
	if len(c) != 9 {
		return t, fmt.Errorf("%d cells, want port, transport, name, id, use, technique, reference, text and lines", len(c))
	}
	t = Threat{Name: c[2], ID: c[3], Use: Use(c[4]), Techniques: list(c[5]), Reports: reports(c[6]), Text: c[7]}
	if t.Port, err = portolan.ParsePort(c[0]); err != nil {
		return t, err
	}
	if t.NamesTransport = c[1] != "*"; t.NamesTransport {
		if t.Transport, err = portolan.ParseTransport(c[1]); err != nil {
			return t, err
		}
	}
	if !slices.Contains(Uses(), t.Use) {
		return t, fmt.Errorf("no use is called %q", t.Use)
	}
	if t.Name == "" || t.ID == "" || t.Text == "" || len(t.Techniques) == 0 {
		return t, errors.New("name, id, technique and text may not be empty")
	}
	for _, s := range list(c[8]) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return t, err
		}
		t.Lines = append(t.Lines, n)
	}
	return t, nil
}

// reports takes "title address; title address" apart.
func reports(cell string) []Report {
	var all []Report
	for _, s := range list(cell) {
		r := Report{Title: s}
		if i := strings.LastIndexByte(s, ' '); i > 0 && strings.Contains(s[i:], "://") {
			r.Title, r.URL = s[:i], s[i+1:]
		}
		all = append(all, r)
	}
	return all
}

// ThreatCertificate is the birth certificate of the threats.
type ThreatCertificate struct {
	Source // Rows are those of our table, which joins raw rows that say the same
	// Licence is the line that MITRE's terms ask to be shown with the data.
	Licence string
}

// ThreatSource says what [Threats] rests on.
func ThreatSource() ThreatCertificate {
	return ThreatCertificate{
		Source: Source{ID: "mitre-attack-18.1", Title: "MITRE ATT&CK v18.1", Date: Date{2025, 11, 13}, Series: "mitre-attack",
			Authority: "The MITRE Corporation", Role: Witnesses, URL: "https://attack.mitre.org/",
			SHA256: "fb8a50e167d3bfc3372d4f9d6cc25a02490f214629a0fd5c0a34a0cfdf0d7b1b", Rows: 111, LeftOut: 40},
		Licence: "© The MITRE Corporation, reproduced with permission",
	}
}
