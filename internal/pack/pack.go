package pack

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// File is one file of the packed form.
type File struct {
	Name string
	Data []byte
	used string // against capacity, for table.go
}

// Packed is the packed form of a list of sources.
type Packed struct {
	Files    []File
	Version  string // of the data
	editions []Edition
	edition  int
}

// Widths of the format; the packer fails when a value does not fit.
const (
	cellSize = 5

	max24 = 1<<24 - 1
	max16 = 1<<16 - 1
)

var statusNumber = map[string]byte{"unassigned": 0, "assigned": 1, "reserved": 2, "seen": 3}

// Flags beside the status in a record.
const (
	inheritedBit = 0x04 // the contact is
	newsBit      = 0x08 // of a list of names: the newest whole edition lacks it
	currentBit   = 0x10 // today's answers rest on it
)

// Pack packs sources in the order of [Load].
func Pack(editions []Edition) (*Packed, error) {
	all := intervals(editions)
	markCurrent(editions, all)
	order(editions, all)
	p := &Packed{editions: editions, edition: currentEdition(editions)}
	text := collect(all)
	tuples, tupleAt := packTuples(all, text)
	where, whereAt := packPlaces(all)
	var rec bytes.Buffer
	for i, iv := range all {
		rec.Write(record(iv, tupleAt[i], whereAt[i]))
	}
	starts, cells, cellRows := packCells(all)
	blob, offsets := text.pack()
	p.add("text", blob, len(blob), max24)
	p.add("offsets", offsets, len(text.list), max24)
	p.add("tuples", tuples, len(tuples), max24)
	p.add("rows", rec.Bytes(), len(all), max24)
	p.add("where", where, len(where)/4, max24)
	p.add("starts", starts, len(cells)/cellSize, max16)
	p.add("cells", cells, len(cellRows)/3, max24)
	p.add("cellrows", cellRows, len(cellRows)/3, max24)
	p.add("names", packNames(all, text), 0, 0)
	p.add("sources.tsv", certificates(editions), len(editions), max16)
	p.Version = p.digest()
	for _, f := range p.Files {
		if f.used == "" {
			return nil, fmt.Errorf("%s overflows the format", f.Name)
		}
	}
	return p, nil
}

func (p *Packed) add(name string, data []byte, used, capacity int) {
	u := fmt.Sprintf("%d of %d", used, capacity)
	if capacity == 0 {
		u = "no limit of its own"
	} else if used > capacity {
		u = ""
	}
	p.Files = append(p.Files, File{name, data, u})
}

// digest names the state of the data: newest date and a hash over all files.
func (p *Packed) digest() string {
	h := sha256.New()
	newest := ""
	for _, f := range p.Files {
		fmt.Fprintf(h, "%s %d\n", f.Name, len(f.Data))
		h.Write(f.Data)
	}
	for _, s := range p.editions {
		newest = max(newest, s.Date)
	}
	return fmt.Sprintf("%s+%x", newest, h.Sum(nil)[:6])
}

// record is 16 bytes: first and last port, transports, status and flags, tuple,
// first and last source, place. Big-endian.
func record(iv *interval, tuple, where int) []byte {
	b := binary.BigEndian.AppendUint16(nil, iv.row.Span.First)
	b = binary.BigEndian.AppendUint16(b, iv.row.Span.Last)
	flags := statusNumber[iv.row.Status]
	if iv.row.Via == "inherited" {
		flags |= inheritedBit
	}
	if iv.news {
		flags |= newsBit
	}
	if iv.current {
		flags |= currentBit
	}
	b = append(b, iv.mask, flags)
	b = append24(b, tuple)
	b = binary.BigEndian.AppendUint16(b, uint16(iv.first))
	b = binary.BigEndian.AppendUint16(b, uint16(iv.last))
	return append24(b, where)
}

func append24(b []byte, n int) []byte { return append(b, byte(n>>16), byte(n>>8), byte(n)) }

// packTuples writes each distinct set of texts once: a 16-bit map of the
// fields that are there, then a 24-bit text number for each.
func packTuples(all []*interval, text *texts) (data []byte, at []int) {
	seen := map[string]int{}
	for _, iv := range all {
		var bits uint16
		var refs []byte
		for i, s := range tupleFields(&iv.row) {
			if s != "" {
				bits |= 1 << i
				refs = append24(refs, text.number[s])
			}
		}
		t := string(binary.BigEndian.AppendUint16(nil, bits)) + string(refs)
		if _, ok := seen[t]; !ok {
			seen[t] = len(data)
			data = append(data, t...)
		}
		at = append(at, seen[t])
	}
	return data, at
}

// tupleFields are the texts of a tuple, in bit order; Via is a flag of the record.
func tupleFields(r *twin.Row) []string {
	return []string{r.Service, r.Aliases, r.Description, r.Assignee, r.Contact, r.Registered, r.Modified,
		r.References, r.Note, r.Unauthorized, r.ServiceCode, r.Remark}
}

// packPlaces writes page and line for each source of an interval. Place 0 is
// for those that have none in any source.
func packPlaces(all []*interval) (data []byte, at []int) {
	data = make([]byte, 4)
	for _, iv := range all {
		if len(iv.places) == 0 {
			at = append(at, 0)
			continue
		}
		at = append(at, len(data)/4)
		for _, p := range iv.places {
			data = binary.BigEndian.AppendUint16(data, uint16(p.page))
			data = binary.BigEndian.AppendUint16(data, uint16(p.line))
		}
	}
	return data, at
}

// packCells cuts the port space where the set of rows changes. starts is a
// bit for each port that begins a cell, each 64 of them preceded by the count
// of cells before; cells has where each cell's list in cellRows begins, and
// today's answers for its ports.
func packCells(all []*interval) (starts, cells, cellRows []byte) {
	lists := make([][]int, 1<<16)
	for id, iv := range all {
		for p := int(iv.row.Span.First); p <= int(iv.row.Span.Last); p++ {
			lists[p] = append(lists[p], id)
		}
	}
	n := 0
	var word uint64
	before := 0
	for p := range 1 << 16 {
		if p == 0 || p == firstDynamic || !slices.Equal(lists[p], lists[p-1]) {
			word |= 1 << (p % 64)
			cells = append24(cells, len(cellRows)/3)
			cells = append(cells, today(p, lists[p], all)...)
			for _, id := range lists[p] {
				cellRows = append24(cellRows, id)
			}
			n++
		}
		if p%64 == 63 {
			starts = binary.BigEndian.AppendUint16(starts, uint16(before))
			starts = binary.BigEndian.AppendUint64(starts, word)
			word, before = 0, n
		}
	}
	return starts, append24(cells, len(cellRows)/3), cellRows
}

// firstDynamic begins the range that is never assigned (RFC 6335, section 6).
const firstDynamic = 49152

// today works out what Lookup answers for a port, so that it need not look at
// rows: two bits of status for each of the four transports, then a bit for
// each that tells whether a row names it.
func today(port int, ids []int, all []*interval) []byte {
	var statuses, listed byte
	for t := range 4 {
		var status byte
		for _, id := range ids {
			iv := all[id]
			if !iv.current || iv.mask&(1<<t) == 0 {
				continue
			}
			listed |= 1 << t
			if s := statusNumber[iv.row.Status]; s == 1 || status == 0 {
				status = s
			}
		}
		if status == 0 && port >= firstDynamic {
			status = 3
		}
		statuses |= status << (2 * t)
	}
	return []byte{statuses, listed}
}

// packNames is an index from service name or alias to row: 24-bit text number
// and 24-bit row number, sorted by the name in lower case, then by row.
func packNames(all []*interval, text *texts) []byte {
	type entry struct {
		fold string
		name string
		row  int
	}
	var list []entry
	for id, iv := range all {
		for _, n := range namesOf(&iv.row) {
			list = append(list, entry{strings.ToLower(n), n, id})
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.fold, b.fold), cmp.Compare(a.row, b.row), cmp.Compare(a.name, b.name))
	})
	var b []byte
	for _, e := range slices.Compact(list) {
		b = append24(append24(b, text.number[e.name]), e.row)
	}
	return b
}

func namesOf(r *twin.Row) []string {
	var names []string
	for _, n := range append([]string{r.Service}, strings.Split(r.Aliases, "; ")...) {
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}

// certificates is sources.tsv without the name of the reader, one line for each
// edition. Those that are recorded by changes share all but id, date and
// counts with the line before, and so have only these.
func certificates(editions []Edition) []byte {
	var b bytes.Buffer
	for i, e := range editions {
		if e.Changes && i > 0 && editions[i-1].Of == e.Of {
			fmt.Fprintf(&b, "%s\t%s\t%d\t%d\n", e.ID, e.Date, e.Source.Rows, e.LeftOut)
			continue
		}
		fmt.Fprintln(&b, strings.Join([]string{e.ID, e.Title, e.Date, e.Series, e.Authority, e.Role, e.Coverage, e.Transports, e.URL, e.SHA256,
			fmt.Sprint(e.Source.Rows), fmt.Sprint(e.LeftOut), e.Of, e.File}, "\t"))
	}
	return b.Bytes()
}
