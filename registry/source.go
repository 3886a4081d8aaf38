package registry

import (
	"strconv"
	"strings"
	"sync"
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
	URL       string // where it is published
	SHA256    string // of the raw text
	Rows      int    // read from it
	LeftOut   int    // lines that could not be read as a row; each is listed with its reason in registry/history
}

// The table is parsed when it is first asked for; a sync.OnceValue would be
// made at start.
var (
	certificatesOnce sync.Once
	certificateList  []Source // written once, under certificatesOnce
)

func certificates() []Source {
	certificatesOnce.Do(func() { certificateList = readCertificates(dataSources) })
	return certificateList
}

// readCertificates reads the embedded sources.tsv, which regpack wrote.
func readCertificates(table string) []Source {
	list := make([]Source, 0, sourceCount)
	for line := range strings.Lines(table) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		rows, _ := strconv.Atoi(c[9])
		left, _ := strconv.Atoi(c[10])
		list = append(list, Source{ID: c[0], Title: c[1], Date: mustDate(c[2]), Series: c[3], Authority: c[4], Role: Role(c[5]),
			Whole: c[6] == "whole", URL: c[7], SHA256: c[8], Rows: rows, LeftOut: left})
	}
	return list
}

func source(i int) Source { return certificates()[i] }

// Sources lists all sources, those of a series together, oldest first. The
// caller owns the slice.
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

// editionAt returns the newest whole edition at or before d.
func editionAt(d Date) (int, bool) {
	for i := edition; i >= firstEdition; i-- {
		if source(i).Date.earliest() <= d.latest() {
			return i, true
		}
	}
	return 0, false
}
