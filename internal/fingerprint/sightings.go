package fingerprint

import (
	"fmt"

	"github.com/portolan/portolan/internal/packet"
)

// Evidence is what a name rests on.
type Evidence struct {
	Rule   string // stable, for programs: "masscan-id"
	Source string // the document that the rule is from
	Saw    string // what was seen; printable
}

// Tool is a program that a source's packets show.
type Tool struct {
	Name     string
	Packets  int // that match
	Evidence []Evidence
}

// fewest is how many packets must match before a tool is named.
const fewest = 2

// share is which part of a source's packets must match a rule that can hold by
// chance: of 65,535 SYNs of any other scanner one carries masscan's id.
const share = 4

// Sightings adds up what the packets of one source show. The zero value is
// ready. It is small, and stays so.
type Sightings struct {
	asked uint32 // packets that ask, of TCP
	hits  [rules]uint32
	last  [rules]seen
}

// seen is what evidence is written from.
type seen struct {
	id, window, port uint16
	ttl              uint8
	seq              uint32
	technique        Technique
}

// Add looks at one packet and returns the rules that it matches.
func (s *Sightings) Add(p *packet.Packet) Rules {
	if t := TechniqueOf(p); p.Protocol != packet.TCP || !t.Asks() {
		return 0
	}
	s.asked++
	found := Look(p)
	if found == 0 {
		return 0
	}
	for r := range rules {
		if found.Has(r) {
			s.hits[r]++
			s.last[r] = seen{p.ID, p.Window, p.Dest.Port(), p.TTL, p.Seq, TechniqueOf(p)}
		}
	}
	return found
}

// Hits is how many packets matched a rule.
func (s *Sightings) Hits(r Rule) int { return int(s.hits[r]) }

// enough reports whether a rule was seen often enough to say so.
func (s *Sightings) enough(r Rule) bool {
	return s.hits[r] >= fewest && (!table[r].byChance || s.hits[r] >= s.asked/share)
}

// Named is how many rules that name a tool were seen often enough.
func (s *Sightings) Named() (n int) {
	for r := range rules {
		if table[r].tool != "" && s.enough(r) {
			n++
		}
	}
	return n
}

// Tools names the programs, in the order of the rules.
func (s *Sightings) Tools() []Tool {
	var all []Tool
	for r := range rules {
		name := table[r].tool
		if name == "" || !s.enough(r) {
			continue
		}
		if n := len(all); n > 0 && all[n-1].Name == name {
			all[n-1].Packets += int(s.hits[r])
			all[n-1].Evidence = append(all[n-1].Evidence, s.Evidence(r))
			continue
		}
		all = append(all, Tool{name, int(s.hits[r]), []Evidence{s.Evidence(r)}})
	}
	return all
}

// Evidence writes what was seen of a rule.
func (s *Sightings) Evidence(r Rule) Evidence {
	l := s.last[r]
	return Evidence{
		Rule: table[r].name, Source: table[r].source,
		Saw: fmt.Sprintf("%s: %d of %d packets, the last with id %d, TTL %d, window %d, seq %d, to port %d (%s)",
			table[r].says, s.hits[r], s.asked, l.id, l.ttl, l.window, l.seq, l.port, l.technique),
	}
}
