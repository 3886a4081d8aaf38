// Package page gathers all that is known of a port into one document: what
// every assigning source says, since when, the signs of life, kin, the range,
// and the numbered sources. The command line prints it, and other programs read
// it as JSON (docs/formats/port.schema.json, "portolan.port/v1").
//
// It is pure: what this host has on the port is handed in. Texts are as the
// sources print them and must be escaped by whoever shows them.
package page

import (
	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// Schema names the form of [Document].
const Schema = "portolan.port/v1"

// Document is the answer to one query.
type Document struct {
	Schema      string   `json:"schema"`
	DataVersion string   `json:"data_version"`
	Query       string   `json:"query"`
	Ports       []Port   `json:"ports"`
	Sources     []Source `json:"sources"`
}

// Port is the page of one number.
type Port struct {
	Port       uint16      `json:"port"`
	Range      string      `json:"range"`
	Privileged bool        `json:"privileged"` // on this host; below 1024 where that is not known
	Transports []Transport `json:"transports"`
	// Run is the run of unassigned ports that the port lies in, on tcp and udp.
	Run            *Run      `json:"unassigned_run"`
	BrowserBlocked bool      `json:"browser_blocked"` // WHATWG Fetch, port blocking
	Related        []Related `json:"related"`
	// Corrections are common beliefs about the port that the sources contradict.
	Corrections []Correction `json:"corrections"`
	// Sockets are what the ARPANET's socket of this number was for, before TCP.
	Sockets []Assignment `json:"arpanet_sockets"`
	// TookOver is the first row that lists number for TCP and for that socket at once.
	TookOver *TookOver `json:"took_over_socket"`
	Host     *Host     `json:"host"` // null where this host was not looked at
}

// Transport is what is known of one key.
type Transport struct {
	Transport   portolan.Transport `json:"transport"`
	Status      registry.Status    `json:"status"`
	Listed      bool               `json:"listed"` // false: the edition has no row that names the key
	Ghost       bool               `json:"ghost"`
	Assignments []Assignment       `json:"assignments"`
	// Remarks are rows of today that assign nothing but say something.
	Remarks  []Remark     `json:"remarks"`
	Former   []Assignment `json:"former"`
	Evidence []Evidence   `json:"evidence"`
	// Threats are reports that malware or a group used the key. None means that
	// none is held.
	Threats []Threat `json:"threats"`
}

// Threat is one reported use of a key.
type Threat struct {
	Name       string   `json:"name"`
	AttackID   string   `json:"attack_id"`
	Use        string   `json:"use"` // c2, listens, scans, opens, forwards, exploits, transfers, other
	Techniques []string `json:"techniques"`
	Text       string   `json:"text"`
	URL        string   `json:"url"` // of ATT&CK's page on it
	Reports    []Report `json:"reports"`
	Cite       []Cite   `json:"cite"`
}

// Report is a primary source of a threat.
type Report struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Correction is a common belief that the sources contradict.
type Correction struct {
	ID      string `json:"id"`
	Belief  string `json:"belief"`
	Finding string `json:"finding"`
	Cite    []Cite `json:"cite"`
}

// TookOver says where a socket's number became a port.
type TookOver struct {
	Description string `json:"description"`
	First       Seen   `json:"first_seen"`
	Cite        []Cite `json:"cite"`
}

// Assignment is one name that a key has or had.
type Assignment struct {
	Service          string   `json:"service"`
	Aliases          []string `json:"aliases"`
	Ports            string   `json:"ports"` // of the row: "378" or "6000-6063"
	Description      string   `json:"description"`
	Assignee         string   `json:"assignee"`
	Contact          string   `json:"contact"`
	ContactInherited bool     `json:"contact_inherited"`
	Registered       *string  `json:"registered"`
	Modified         *string  `json:"modified"`
	References       []string `json:"references"`
	Notes            *string  `json:"notes"`
	UnauthorizedUse  *string  `json:"unauthorized_use"`
	ServiceCode      *string  `json:"service_code"`
	Remark           *string  `json:"remark"` // ours: how an odd line was read
	FirstSeen        Seen     `json:"first_seen"`
	LastSeen         Seen     `json:"last_seen"`
	NotYet           *Seen    `json:"not_in_before"` // the edition before first_seen, which lacks it
	Gone             *Seen    `json:"gone_from"`     // the edition after last_seen, which lacks it
	// Earlier are the rows of older sources that say it otherwise, oldest first:
	// where a newer one lost the holder, the older one still names them.
	Earlier []Wording `json:"earlier"`
	// Restored is the holder as the newest older edition names them, where this
	// row names nobody.
	Restored *Restored `json:"restored_holder"`
	Cite     []Cite    `json:"cite"`
}

// Restored is a holder whom newer editions lost.
type Restored struct {
	Assignee         string `json:"assignee"`
	Contact          string `json:"contact"`
	ContactInherited bool   `json:"contact_inherited"`
	Source           string `json:"source"`
	Date             string `json:"date"`
	Cite             []Cite `json:"cite"`
}

// Wording is how an older source has an assignment.
type Wording struct {
	Source           string `json:"source"`
	Date             string `json:"date"`
	Description      string `json:"description"`
	Contact          string `json:"contact"`
	ContactInherited bool   `json:"contact_inherited"`
	Cite             []Cite `json:"cite"`
}

// Remark is a row that says reserved or unassigned, and more than the bare word.
type Remark struct {
	Status          string   `json:"status"`
	Description     string   `json:"description"`
	Notes           *string  `json:"notes"`
	UnauthorizedUse *string  `json:"unauthorized_use"`
	Modified        *string  `json:"modified"`
	References      []string `json:"references"`
	Remark          *string  `json:"remark"`
	Cite            []Cite   `json:"cite"`
}

// Evidence is a witness's row.
type Evidence struct {
	Source      string   `json:"source"`
	Date        string   `json:"date"` // of the last source that has it
	Name        string   `json:"name"`
	Aliases     []string `json:"aliases"`
	Description string   `json:"description"`
	Ports       string   `json:"ports"`
	Wide        bool     `json:"wide"` // a range too wide to speak for one port
	Cite        []Cite   `json:"cite"`
}

// Seen is a source and the date that it speaks for, as precise as the source.
type Seen struct {
	Source string `json:"source"`
	Date   string `json:"date"`
}

// Cite is a place in a source; Number is that of [Document.Sources].
type Cite struct {
	Number int    `json:"number"`
	Source string `json:"source"`
	Page   int    `json:"page,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// Related is a port that has to do with this one, with the reason.
type Related struct {
	Port    uint16 `json:"port"`
	Service string `json:"service"`
	Reason  string `json:"reason"`
	Because string `json:"because"`
	Cite    []Cite `json:"cite"`
}

// Run is a run of ports that no row assigns on tcp or udp.
type Run struct {
	First uint16 `json:"first"`
	Last  uint16 `json:"last"`
}

// Source is a numbered source of the document.
type Source struct {
	Number    int    `json:"number"`
	ID        string `json:"id"`
	Title     string `json:"title"`
	Date      string `json:"date"`
	Authority string `json:"authority"`
	Role      string `json:"role"`
	URL       string `json:"url"`
	SHA256    string `json:"sha256"`
}

// Host is what this host has on the port.
type Host struct {
	Visibility string   `json:"visibility"` // full, partial, unsupported
	Notes      []string `json:"notes"`      // what is hidden and how to see it
	Sockets    []Socket `json:"sockets"`
	// UnprivilegedStart is the lowest port that any user may bind.
	UnprivilegedStart *uint16 `json:"unprivileged_port_start"`
	Ephemeral         string  `json:"ephemeral_range"` // "32768-60999"
	InEphemeral       bool    `json:"in_ephemeral_range"`
	// Files are what files on this machine say of the port. They are no part of
	// the data, and change nothing above.
	Files []FileSaying `json:"files"`
}

// FileSaying is one line of a file on this machine.
type FileSaying struct {
	Path      string   `json:"path"`
	Modified  string   `json:"modified"` // YYYY-MM-DD
	Line      int      `json:"line"`
	Transport string   `json:"transport"`
	Name      string   `json:"name"`
	Frequency *float64 `json:"frequency"` // nmap's: the share of hosts that had it open, 0 for not seen
}

// Socket is something that holds the port here.
type Socket struct {
	Transport string   `json:"transport"`
	State     string   `json:"state"`
	Local     string   `json:"local"`
	Remote    string   `json:"remote,omitempty"`
	Exposure  string   `json:"exposure"`
	Verdict   string   `json:"verdict"`
	Severity  string   `json:"severity"`
	Process   *Process `json:"process"`
}

// Process is the holder of a socket, as far as it may be seen.
type Process struct {
	PID       int    `json:"pid"`
	Program   string `json:"program"`
	Exe       string `json:"exe"`
	User      string `json:"user"`
	Unit      string `json:"unit"`
	Container string `json:"container"`
}

// MaxRelated bounds the kin on a page; they come nearest first.
const MaxRelated = 12

// Facts are what a page cannot know from the registry.
type Facts struct {
	BrowserBlocked func(port uint16) bool
	Host           func(port uint16) *Host // nil: this host was not looked at
	// Related switches kin off for long ranges, where nobody reads them.
	Related bool
}
