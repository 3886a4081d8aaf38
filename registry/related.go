package registry

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portolan/portolan"
)

// Relation is a port that has to do with another, and why.
type Relation struct {
	Port    uint16
	Service string // "" where the row has none
	Reason  string // same-service, secure-twin, same-assignee, neighbour
	Because string // what they share: a name, a holder
	// Assignment is the row that shows it.
	Assignment Assignment
}

// reasons, best first.
var reasons = [...]string{"same-service", "secure-twin", "same-assignee", "neighbour"}

func reasonRank(reason string) int { return slices.Index(reasons[:], reason) }

// Related returns the kin of a port, on any transport: where else its services
// are, its twin with or without TLS, what its holders hold (in any source, so
// that a holder whom newer editions lost still counts), and the assigned ports
// before and after it. The nearest come first within each reason; a port stands
// once, for its best reason.
func Related(port uint16) []Relation {
	names, holders := kin(port)
	all := byName(port, names)
	if len(holders) > 0 {
		for r := range row(rows()) {
			if rel, ok := byHolder(r, port, holders); ok {
				all = append(all, rel)
			}
		}
	}
	all = append(all, neighbours(port)...)
	slices.SortStableFunc(all, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(reasonRank(a.Reason), reasonRank(b.Reason)), cmp.Compare(distance(a.Port, port), distance(b.Port, port)),
			cmp.Compare(a.Port, b.Port), -cmp.Compare(a.Assignment.row().lastSource(), b.Assignment.row().lastSource()))
	})
	seen := map[uint16]bool{}
	return slices.DeleteFunc(all, func(r Relation) bool {
		again := seen[r.Port]
		seen[r.Port] = true
		return again
	})
}

// kin collects the names that the port has today, and the text numbers of all
// who ever held it.
func kin(port uint16) (names []string, holders []int) {
	for r := range cellOf(port).rows() {
		if Status(r.status()) != Assigned {
			continue
		}
		if name := r.text(fieldService); name != "" && r.current() && !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, f := range [...]int{fieldAssignee, fieldContact} {
			if n := r.textNumber(f); n >= 0 && !slices.Contains(holders, n) {
				holders = append(holders, n)
			}
		}
	}
	return names, holders
}

// byName finds the names' other ports, and those of their twins.
func byName(port uint16, names []string) []Relation {
	var all []Relation
	add := func(name, because, reason string) {
		for _, m := range Service(name) {
			if m.Current && !m.Alias && !m.Span.Contains(port) {
				all = append(all, Relation{nearest(m.Span, port), m.Assignment.Service(), reason, because, m.Assignment})
			}
		}
	}
	for _, name := range names {
		add(name, name, "same-service")
		for _, suffix := range [...]string{"s", "-tls", "-ssl", "-s", "-secure", "-sec"} {
			add(name+suffix, name, "secure-twin")
			if base, ok := strings.CutSuffix(name, suffix); ok && base != "" {
				add(base, name, "secure-twin")
			}
		}
	}
	return all
}

func byHolder(r row, port uint16, holders []int) (Relation, bool) {
	if Status(r.status()) != Assigned || r.span().Contains(port) || !r.current() && !source(r.firstSource()).Whole {
		return Relation{}, false
	}
	for _, f := range [...]int{fieldAssignee, fieldContact} {
		if n := r.textNumber(f); n >= 0 && slices.Contains(holders, n) {
			return Relation{nearest(r.span(), port), r.text(fieldService), "same-assignee", text(n), assignment(r)}, true
		}
	}
	return Relation{}, false
}

// neighbours are the nearest ports below and above that are assigned today.
func neighbours(port uint16) []Relation {
	var all []Relation
	for _, step := range [...]int{-1, 1} {
		for p := int(port) + step; 0 <= p && p <= 65535; p += step {
			if a := firstAssigned(uint16(p)); !a.IsZero() {
				all = append(all, Relation{Port: uint16(p), Service: a.Service(), Reason: "neighbour", Assignment: a})
				break
			}
		}
	}
	return all
}

func firstAssigned(port uint16) Assignment {
	for _, t := range portolan.Transports {
		if a := Lookup(portolan.Key{Port: port, Transport: t}).First(); !a.IsZero() {
			return a
		}
	}
	return Assignment{}
}

// nearest returns the port of a span that is nearest to another.
func nearest(s portolan.Span, port uint16) uint16 { return min(max(port, s.First), s.Last) }

func distance(a, b uint16) int { return max(int(a), int(b)) - min(int(a), int(b)) }
