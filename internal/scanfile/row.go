package scanfile

import (
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/portolan/portolan"
)

// MostText is how many bytes of a text are kept.
const MostText = 512

// State is what a scanner found a port to be.
type State string

// The states.
const (
	Open     State = "open"
	Closed   State = "closed"
	Filtered State = "filtered"
	NoAnswer State = "no-answer" // open and closed look alike: nmap's "open|filtered"
	Failed   State = "error"     // the scanner's own attempt failed
)

// Method says what a scanner's word rests on.
type Method string

// The methods.
const (
	Unsaid  Method = ""       // it names nothing
	Guessed Method = "table"  // the port's number: no observation
	Probed  Method = "probed" // what the port said
)

// Row is what a scanner said of one port.
type Row struct {
	Addr    netip.Addr
	Name    string // the host's; "" where the file has none
	MAC     string // as the scanner writes it; "" where it saw none
	Key     portolan.Key
	State   State
	Reason  string // "syn-ack"
	Service string // the scanner's own word; "" where it says none
	Method  Method
	TLS     bool // TLS was seen, and the service inside it
	Product string
	Version string
	Extra   string // what else it says: nmap's extrainfo, a banner
	Conf    int    // nmap's confidence, 0 to 10; 0 where there is none
	// Answered: the port said something that the scanner has no name for.
	Answered bool
	// Of portolan's own files, as internal/probe has them.
	Conduct string
	Also    []string
	Once    bool   // a second connection was not answered alike
	Scanner string // who says it, as in [Summary]
	Line    int    // where the port stands in the file, from 1
}

// Format is a kind of file.
type Format string

// The formats.
const (
	Nmap     Format = "nmap"     // -oX
	Masscan  Format = "masscan"  // -oJ, -oD
	Naabu    Format = "naabu"    // -json
	Zgrab2   Format = "zgrab2"   // JSON lines
	Portolan Format = "portolan" // portolan.probe/v1, whole or in lines
)

// Summary is what there is to say of a whole file.
type Summary struct {
	Format   Format // also the scanner's name; "" of an empty file
	Scanner  string // as the file says it; the format's name where it does not
	Version  string // of the scanner, where the file says it
	Args     string // how it was called, where the file says it
	Rows     int
	Counted  int      // ports that the file only counts: nmap's extraports
	Scripts  int      // outputs of nmap's scripts, which are not read
	NoPort   int      // records that name no port that could be judged
	Warnings []string // "it ends early"
	Cut      bool     // it ends early
}

// ParseError says where a file is not what it should be.
type ParseError struct {
	File   string // "" where the reader has no name
	Line   int    // from 1
	Offset int64  // in bytes, of the unpacked file
	Field  string // "portid"; "" for the whole
	Err    error
	Next   string // what to do
}

// Error writes "scan.xml:7: portid: "70000" is no port".
func (e *ParseError) Error() string {
	var b strings.Builder
	if e.File == "" {
		b.WriteString("line ")
	} else {
		b.WriteString(e.File + ":")
	}
	fmt.Fprintf(&b, "%d: ", e.Line)
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	return b.String() + e.Err.Error()
}

func (e *ParseError) Unwrap() error { return e.Err }

// Read hands over the rows of a file, which it knows by its content, packed with
// gzip or not. It ends with the first error of yield, which is returned as it
// is, or with the first fault of the file, a *[ParseError]. A file that ends
// early is no fault.
func Read(r io.Reader, yield func(Row) error) (Summary, error) {
	f := &file{src: newSource(r), yield: yield}
	err := f.read()
	return f.sum, err
}
