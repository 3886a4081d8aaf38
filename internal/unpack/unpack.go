// Package unpack reads the packed registry back into the rows of the text twins.
// It is the second reader of docs/formats/registry-pack.md: package registry
// answers from the packed form and trusts it, this package rebuilds what was
// packed and trusts nothing.
//
// [Open] checks every number before it is used, so that files which are not as
// they were written give an error and never a panic. [Book.Rows] and
// [Book.Changes] are then the lines of registry/history.
package unpack

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// Source is the birth certificate of one edition. Its Reader is not packed.
type Source struct {
	twin.Source
	Of string // the run of editions that it is one of; else ""
}

// Book is a packed registry, opened.
type Book struct {
	Sources []Source
	records []record
	where   string
}

// record is a row with its life.
type record struct {
	row         twin.Row // without transport and place
	mask        uint8
	first, last int // sources
	where       int // index of its place in the first; 0: none
}

const (
	recordSize   = 16
	placeSize    = 4
	anyBit       = 0x80 // in the transports: the row names none
	inheritedBit = 0x04
)

var statuses = [...]string{"unassigned", "assigned", "reserved", "seen"}

// The number of cells of a line of sources.tsv: a whole one, and one that has
// only what differs from the line before.
const (
	wholeLine = 14
	shortLine = 4
)

// Open reads the packed files, by name. Those that only find rows (starts,
// cells, cellrows, names) are not read.
func Open(files map[string]string) (*Book, error) {
	b := &Book{where: files["where"]}
	var err error
	if b.Sources, err = certificates(files["sources.tsv"]); err != nil {
		return nil, fmt.Errorf("sources.tsv: %w", err)
	}
	text, err := texts(files["text"], files["offsets"])
	if err != nil {
		return nil, err
	}
	rows := files["rows"]
	if len(rows)%recordSize != 0 {
		return nil, fmt.Errorf("rows has %d bytes: not a multiple of %d", len(rows), recordSize)
	}
	b.records = make([]record, len(rows)/recordSize)
	for i := range b.records {
		r := &b.records[i]
		tuple := r.fill(rows[i*recordSize:])
		if err = b.check(r); err == nil {
			err = fields(&r.row, files["tuples"], tuple, text)
		}
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return b, nil
}

func certificates(table string) ([]Source, error) {
	var all []Source
	for line := range strings.Lines(table) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		var s Source
		switch {
		case len(c) == shortLine && len(all) > 0:
			s = all[len(all)-1]
			s.ID, s.Date, c = c[0], c[1], c[2:]
		case len(c) == wholeLine:
			s = Source{twin.Source{ID: c[0], Title: c[1], Date: c[2], Series: c[3], Authority: c[4], Role: c[5], Coverage: c[6],
				Transports: c[7], URL: c[8], SHA256: c[9], File: c[13]}, c[12]}
			c = c[10:]
		default:
			return nil, fmt.Errorf("line %d has %d cells", len(all)+1, len(c))
		}
		var err error
		if s.Rows, err = strconv.Atoi(c[0]); err == nil {
			s.LeftOut, err = strconv.Atoi(c[1])
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(all)+1, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// texts cuts the text file at its offsets.
func texts(text, offsets string) ([]string, error) {
	if len(offsets)%3 != 0 || offsets == "" {
		return nil, fmt.Errorf("offsets has %d bytes: not a multiple of 3", len(offsets))
	}
	all := make([]string, len(offsets)/3-1)
	for i := range all {
		from, to := u24(offsets[i*3:]), u24(offsets[i*3+3:])
		if from > to || to > len(text) {
			return nil, fmt.Errorf("text %d is bytes %d to %d of %d", i, from, to, len(text))
		}
		all[i] = text[from:to]
	}
	return all, nil
}

func u16(s string) int { return int(s[0])<<8 | int(s[1]) }
func u24(s string) int { return int(s[0])<<16 | int(s[1])<<8 | int(s[2]) }

// fill reads the 16 bytes of a record and returns where its texts are.
func (r *record) fill(s string) (tuple int) {
	r.row.Span = portolan.Span{First: uint16(u16(s)), Last: uint16(u16(s[2:]))}
	r.mask = s[4]
	r.row.Status = statuses[s[5]&3]
	if s[5]&inheritedBit != 0 {
		r.row.Via = "inherited"
	}
	r.first, r.last, r.where = u16(s[9:]), u16(s[11:]), u24(s[13:])
	return u24(s[6:])
}

func (b *Book) check(r *record) error {
	sources := r.last - r.first + 1
	switch {
	case r.row.Span.First > r.row.Span.Last:
		return fmt.Errorf("its ports run from %d to %d", r.row.Span.First, r.row.Span.Last)
	case sources < 1 || r.last >= len(b.Sources):
		return fmt.Errorf("it stands from source %d to %d of %d", r.first, r.last, len(b.Sources))
	case r.mask&^anyBit == 0 || r.mask&^anyBit >= 1<<(portolan.NCP+1):
		return fmt.Errorf("its transports are %08b", r.mask)
	case r.where > 0 && (r.where+sources)*placeSize > len(b.where):
		return fmt.Errorf("its places are %d to %d of %d", r.where, r.where+sources, len(b.where)/placeSize)
	}
	return nil
}

// fields reads a tuple: a map of the texts that are there, and their numbers.
func fields(r *twin.Row, tuples string, at int, text []string) error {
	if at+2 > len(tuples) {
		return fmt.Errorf("its texts are at %d of %d", at, len(tuples))
	}
	have := uint16(u16(tuples[at:]))
	refs := tuples[at+2:]
	all := []*string{&r.Service, &r.Aliases, &r.Description, &r.Assignee, &r.Contact, &r.Registered, &r.Modified,
		&r.References, &r.Note, &r.Unauthorized, &r.ServiceCode, &r.Remark}
	if have >= 1<<len(all) || bits.OnesCount16(have)*3 > len(refs) {
		return fmt.Errorf("its texts are %b", have)
	}
	for i, field := range all {
		if have&(1<<i) == 0 {
			continue
		}
		n := u24(refs)
		if n >= len(text) {
			return fmt.Errorf("its text is %d of %d", n, len(text))
		}
		*field, refs = text[n], refs[3:]
	}
	return nil
}
