package registry

import (
	"strconv"
	"strings"
	"sync"

	"github.com/portolan/portolan"
)

// Role says what kind of word a source has on ports.
type Role string

// An assigning source says what a port is for; a witness shows it in use.
const (
	Assigns   Role = "assigns"
	Witnesses Role = "witnesses"
)

// Source is the birth certificate of one dated document.
type Source struct {
	ID        string // "rfc1700", "iana-2026-08-17"
	Title     string
	Date      Date   // that it speaks for
	Series    string // sources of one series replace each other: "iana", "debian-netbase"
	Authority string // "IANA", "Debian"
	Role      Role
	Whole     bool   // lists all that its authority knew; only such a source can say that a row is gone
	Of        string // the run of editions that it is one of, recorded by their changes: "iana-weekly"; else ""
	URL       string // where it is published
	SHA256    string // of the raw text
	Rows      int    // read from it
	File      string // the raw text among those that were read: "rfc/rfc1700.txt"
	LeftOut   int    // lines that could not be read as a row; each is listed with its reason in registry/history
	covers    uint8  // a bit for each transport
	number    uint16 // its place among all
}

// Covers reports whether the source speaks of a transport, so that a key that
// it lacks was not assigned. RFC 739 of 1977 has ARPANET sockets and says
// nothing of tcp.
func (s Source) Covers(t portolan.Transport) bool { return s.covers&(1<<t) != 0 }

// The table is parsed when it is first asked for; a sync.OnceValue would be
// made at start.
var (
	certificatesOnce sync.Once
	certificateList  []Source // written once, under certificatesOnce
	newsDate         Date     // likewise
)

func certificates() []Source {
	certificatesOnce.Do(func() {
		certificateList = readCertificates(dataSources)
		newsDate = newestList(certificateList)
	})
	return certificateList
}

// newestList returns the date of the newest list of names: from then on names
// newer than the newest edition are known.
func newestList(all []Source) (d Date) {
	for i := range all {
		if s := &all[i]; s.Role == Assigns && !s.Whole && d.earliest() < s.Date.earliest() {
			d = s.Date
		}
	}
	return d
}

// readCertificates reads the embedded sources.tsv, which regpack wrote. A
// short line has id, date and counts, and the rest of the line before.
func readCertificates(table string) []Source {
	list := make([]Source, 0, sourceCount)
	for line := range strings.Lines(table) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		var s Source
		if len(c) == 4 {
			s = list[len(list)-1]
			s.ID, s.Date, c = c[0], mustDate(c[1]), c[2:]
		} else {
			s = Source{ID: c[0], Title: c[1], Date: mustDate(c[2]), Series: c[3], Authority: c[4], Role: Role(c[5]),
				Whole: c[6] == "whole", covers: coverMask(c[7]), URL: c[8], SHA256: c[9], Of: c[12], File: c[13]}
			c = c[10:]
		}
		s.Rows, _ = strconv.Atoi(c[0])
		s.LeftOut, _ = strconv.Atoi(c[1])
		s.number = uint16(len(list))
		list = append(list, s)
	}
	return list
}

// coverMask reads "tcp; udp".
func coverMask(s string) uint8 {
	var mask uint8
	for _, name := range list(s) {
		t, _ := portolan.ParseTransport(name)
		mask |= 1 << t
	}
	return mask
}

func source(i int) Source { return certificates()[i] }

// Sources lists all sources, those of a series together, oldest first. The
// caller owns the slice. Editions that are recorded by their changes stand
// there one by one: see [Source.Of].
func Sources() []Source { return append([]Source(nil), certificates()...) }

// SourceByID finds a source.
func SourceByID(id string) (Source, bool) {
	for _, s := range certificates() {
		if s.ID == id {
			return s, true
		}
	}
	return Source{}, false
}

// Version names the state of the embedded data: the date of the newest source
// and the start of a hash over all files ("2026-09-17+e24ca3bef19c").
func Version() string { return version }

// Editions lists the whole editions of the registry that speak of a transport,
// oldest first: the days for which [At] has an answer of its own.
func Editions(t portolan.Transport) []Source {
	all := make([]Source, 0, edition-firstEdition+1)
	for i := firstEdition; i <= edition; i++ {
		if s := &certificates()[i]; s.Whole && s.Covers(t) {
			all = append(all, *s)
		}
	}
	return all
}

// editionAt returns the newest whole edition at or before d that speaks of t.
func editionAt(d Date, t portolan.Transport) (int, bool) {
	for i := edition; i >= firstEdition; i-- {
		if s := &certificates()[i]; s.Date.earliest() <= d.latest() && s.Covers(t) {
			return i, true
		}
	}
	return 0, false
}
