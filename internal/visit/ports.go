package visit

import (
	"encoding/json"
	"math/bits"
	"slices"
	"strconv"

	"github.com/portolan/portolan"
)

// PortSet is a set of ports that costs little while it is small, and 9 KiB at
// most. The zero value is empty.
type PortSet struct {
	few   []uint16 // sorted; nil once there are pages
	pages *[pages]*page
	n     int
	held  int // pages there are
}

// A page holds the bits of 1,024 ports.
type page [16]uint64

const (
	pages   = 64
	mostFew = 32
	// In bytes.
	pageSize  = 128
	tableSize = 512
)

// Add puts a port into the set, and reports whether it is new there.
func (s *PortSet) Add(port uint16) bool {
	if s.pages == nil {
		i, found := slices.BinarySearch(s.few, port)
		if found {
			return false
		}
		if len(s.few) < mostFew {
			s.few = slices.Insert(s.few, i, port)
			s.n++
			return true
		}
		s.turn()
	}
	if !s.set(port) {
		return false
	}
	s.n++
	return true
}

// turn moves from a list to pages.
func (s *PortSet) turn() {
	s.pages = new([pages]*page)
	for _, port := range s.few {
		s.set(port)
	}
	s.few = nil
}

func (s *PortSet) set(port uint16) bool {
	p := &s.pages[port>>10]
	if *p == nil {
		*p = new(page)
		s.held++
	}
	word, bit := &(*p)[port>>6&15], uint64(1)<<(port&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// Has reports whether a port is in the set.
func (s *PortSet) Has(port uint16) bool {
	if s.pages == nil {
		_, found := slices.BinarySearch(s.few, port)
		return found
	}
	p := s.pages[port>>10]
	return p != nil && p[port>>6&15]&(1<<(port&63)) != 0
}

// Len is how many ports the set has.
func (s *PortSet) Len() int { return s.n }

// Spans returns the ports as runs, in order.
func (s *PortSet) Spans() Ports {
	all := Ports{}
	for _, port := range s.few {
		all = all.add(port)
	}
	if s.pages == nil {
		return all
	}
	for i, p := range s.pages {
		if p == nil {
			continue
		}
		for j, word := range p {
			for ; word != 0; word &= word - 1 {
				all = all.add(uint16(i<<10 | j<<6 | bits.TrailingZeros64(word)))
			}
		}
	}
	return all
}

// size is what the set takes besides itself, in bytes.
func (s *PortSet) size() int {
	if s.pages == nil {
		return 2 * cap(s.few)
	}
	return tableSize + s.held*pageSize
}

// Ports are runs of ports, in order. In JSON a single port is a number and a run
// a string, "6000-6063".
type Ports []portolan.Span

// add appends the next port in order.
func (p Ports) add(port uint16) Ports {
	if n := len(p); n > 0 && p[n-1].Last+1 == port {
		p[n-1].Last = port
		return p
	}
	return append(p, portolan.Span{First: port, Last: port})
}

// Len is how many ports there are.
func (p Ports) Len() (n int) {
	for _, s := range p {
		n += s.Len()
	}
	return n
}

// First returns the lowest ports, at most most of them.
func (p Ports) First(most int) (all []uint16) {
	for _, s := range p {
		for port := int(s.First); port <= int(s.Last); port++ {
			if len(all) == most {
				return all
			}
			all = append(all, uint16(port))
		}
	}
	return all
}

// MarshalJSON writes [22,"6000-6063"].
func (p Ports) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, s := range p {
		if i > 0 {
			b = append(b, ',')
		}
		if s.First == s.Last {
			b = strconv.AppendUint(b, uint64(s.First), 10)
		} else {
			b = strconv.AppendQuote(b, s.String())
		}
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON writes. Fuzzed by FuzzPorts.
func (p *Ports) UnmarshalJSON(b []byte) error {
	var all []any
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*p = make(Ports, 0, len(all))
	for _, v := range all {
		text, ok := v.(string)
		if n, isNumber := v.(float64); isNumber {
			text, ok = strconv.FormatFloat(n, 'f', -1, 64), true
		}
		if !ok {
			return errNotPorts
		}
		s, err := portolan.ParseSpan(text)
		if err != nil {
			return err
		}
		*p = append(*p, s)
	}
	return nil
}

func portCount(n int) string { return strconv.Itoa(n) + " ports" }
