package registry

import (
	"iter"
	"math/bits"

	"github.com/portolan/portolan"
)

// This file reads the packed data in place. Its format is described in
// docs/formats/registry-pack.md and written by regpack; the tests prove that
// the two agree, so nothing here checks bounds beyond what Go does.

const (
	rowSize      = 16
	cellSize     = 5
	anyBit       = 0x80 // in the transports: the row names none
	statusMask   = 0x03
	inheritedBit = 0x04
	newsBit      = 0x08
	currentBit   = 0x10

	statusSeen = 3 // of a witness's row
)

// The fields of a tuple, by the number of their bit.
const (
	fieldService = iota
	fieldAliases
	fieldDescription
	fieldAssignee
	fieldContact
	fieldRegistered
	fieldModified
	fieldReferences
	fieldNote
	fieldUnauthorized
	fieldServiceCode
	fieldRemark
	fieldCount
)

func u16(s string, at int) int {
	s = s[at : at+2] // one bounds check
	return int(s[0])<<8 | int(s[1])
}

func u24(s string, at int) int {
	s = s[at : at+3]
	return int(s[0])<<16 | int(s[1])<<8 | int(s[2])
}

func u64(s string, at int) uint64 {
	s = s[at : at+8]
	return uint64(s[0])<<56 | uint64(s[1])<<48 | uint64(s[2])<<40 | uint64(s[3])<<32 |
		uint64(s[4])<<24 | uint64(s[5])<<16 | uint64(s[6])<<8 | uint64(s[7])
}

// cell is the number of a run of ports that share all their rows.
type cell int

// cellOf counts the cell starts up to the port.
func cellOf(port uint16) cell {
	at := int(port/64) * 10
	upTo := u64(dataStarts, at+2) << (63 - port%64)
	return cell(u16(dataStarts, at) + bits.OnesCount64(upTo) - 1)
}

// list returns the limits of the cell's rows in dataCellrows.
func (c cell) list() (from, to int) {
	return u24(dataCells, int(c)*cellSize), u24(dataCells, (int(c)+1)*cellSize)
}

// rows yields the cell's rows, those of today's answers first.
func (c cell) rows() iter.Seq[row] {
	return func(yield func(row) bool) {
		from, to := c.list()
		for i := from; i < to; i++ {
			if !yield(row(u24(dataCellrows, i*3))) {
				return
			}
		}
	}
}

// today returns what Lookup answers on transport t.
func (c cell) today(t portolan.Transport) (s Status, listed bool) {
	at := int(c)*cellSize + 3
	b := dataCells[at : at+2]
	return Status(b[0] >> (2 * t) & 3), b[1]>>t&1 != 0
}

// row is the number of a record.
type row uint32

// rows returns how many records there are.
func rows() int { return len(dataRows) / rowSize }

func (r row) at(i int) int { return int(r)*rowSize + i }

func (r row) span() portolan.Span {
	return portolan.Span{First: uint16(u16(dataRows, r.at(0))), Last: uint16(u16(dataRows, r.at(2)))}
}

func (r row) mask() uint8      { return dataRows[r.at(4)] }
func (r row) flags() uint8     { return dataRows[r.at(5)] }
func (r row) status() uint8    { return r.flags() & statusMask }
func (r row) tuple() int       { return u24(dataRows, r.at(6)) }
func (r row) firstSource() int { return u16(dataRows, r.at(9)) }
func (r row) lastSource() int  { return u16(dataRows, r.at(11)) }

// on reports whether the row speaks of t. A row that names no transport speaks
// of those of today.
func (r row) on(t portolan.Transport) bool { return r.mask()&(1<<t) != 0 }

// current reports whether today's answers rest on the row.
func (r row) current() bool { return r.flags()&currentBit != 0 }

// in reports whether source i has the row.
func (r row) in(i int) bool { return r.firstSource() <= i && i <= r.lastSource() }

// place returns page and line in source i, 0 where it has none.
func (r row) place(i int) (page, line int) {
	at := u24(dataRows, r.at(13))
	if at == 0 {
		return 0, 0
	}
	at = (at + i - r.firstSource()) * 4
	return u16(dataWhere, at), u16(dataWhere, at+2)
}

// text returns a field, "" where the row has none.
func (r row) text(field int) string {
	if n := r.textNumber(field); n >= 0 {
		return text(n)
	}
	return ""
}

// textNumber returns the number of a field's text, -1 where the row has none.
// Equal texts have equal numbers.
func (r row) textNumber(field int) int {
	at := r.tuple()
	have := uint(u16(dataTuples, at))
	if have&(1<<field) == 0 {
		return -1
	}
	before := bits.OnesCount(have & (1<<field - 1))
	return u24(dataTuples, at+2+before*3)
}

// text returns a text by its number.
func text(n int) string { return dataText[u24(dataOffsets, n*3):u24(dataOffsets, n*3+3)] }

// texts returns how many texts there are.
func texts() int { return len(dataOffsets)/3 - 1 }
