package judge

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// Suggestion is a port to take for a new service, and why.
type Suggestion struct {
	Port    uint16
	Score   int // memorability; higher is easier to keep in mind
	Reasons []Reason
}

// Suggest looks for ports that a new service may take.
//
// A port passes the book where it is a user port below the ephemeral ranges of
// the common systems, unassigned on every transport at every date that we hold,
// without evidence of use, at least five away from what is assigned, and not
// blocked by browsers. taken then says what this host has against a port, ""
// for nothing.
type Suggest struct {
	Taken func(port uint16) string
}

// lastCommon is the last port below Linux's default ephemeral range
// (32768-60999); those of the other systems begin at 49152.
const lastCommon = 32767

// apart is how far a suggestion stays from an assigned port: who counts up from
// an assignment (a second instance, a block of ports) should not meet it.
const apart = 5

// Easiest returns n ports, the most memorable first. Ports of equal score
// are spread by the name, so that two who ask do not get the same; an empty name
// takes the lowest.
func (s Suggest) Easiest(name string, n int) []Suggestion {
	type candidate struct {
		port  uint16
		score int
		place uint64
	}
	var all []candidate
	for _, p := range Open() {
		score, _ := memorable(p)
		all = append(all, candidate{p, score, spread(name, p)})
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(a.place, b.place))
	})
	var chosen []Suggestion
	for _, c := range all {
		if len(chosen) < n && s.Taken(c.port) == "" {
			_, why := memorable(c.port)
			chosen = append(chosen, suggestion(c.port, c.score, why))
		}
	}
	return chosen
}

// Sticky returns the ports that belong to a name: the same on every host with
// the same data, in an order that the name alone gives. Where this host has
// something against one, the next takes its place.
func (s Suggest) Sticky(name string, n int) []Suggestion {
	open := Open()
	var all []Suggestion
	seen := map[uint16]bool{}
	for i := uint64(0); len(all) < n && len(seen) < len(open); i++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("portolan sticky\x00"+name+"\x00"), i))
		p := open[binary.BigEndian.Uint64(sum[:])%uint64(len(open))]
		if seen[p] {
			continue
		}
		seen[p] = true
		if s.Taken(p) == "" {
			score, _ := memorable(p)
			all = append(all, suggestion(p, score, fmt.Sprintf("the name %q gives this port on every host with data %s", name, registry.Version())))
		}
	}
	return all
}

func spread(name string, port uint16) uint64 {
	if name == "" {
		return uint64(port)
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint16([]byte(name+"\x00"), port))
	return binary.BigEndian.Uint64(sum[:])
}

func suggestion(p uint16, score int, why string) Suggestion {
	below, above := distances(p)
	return Suggestion{p, score, []Reason{
		{"never-assigned", fmt.Sprintf("unassigned on every transport in all %d editions and lists held", assigning()), nil},
		{"no-evidence", fmt.Sprintf("no evidence of use in %d witnesses", len(registry.SourcesSearched())), nil},
		{"apart", fmt.Sprintf("%d from the assigned port below, %d from the one above", below, above), nil},
		{"not-ephemeral", "below the ephemeral ranges of Linux, macOS and Windows, and outside this host's", nil},
		{"free-here", "nothing on this host has it", nil},
		{"browsers", "browsers do not block it", nil},
		{"memorable", why, nil},
	}}
}

func assigning() int {
	n := 0
	for _, s := range registry.Sources() {
		if s.Role == registry.Assigns {
			n++
		}
	}
	return n
}

// Open lists the ports that pass the book, lowest first: the same on every
// host with the same data.
func Open() []uint16 {
	var assigned [1 << 16]bool
	for p := range assigned {
		assigned[p] = everAssigned(uint16(p))
	}
	var all []uint16
	for p := 1024; p <= lastCommon; p++ {
		near := slices.Contains(assigned[p-apart+1:p+apart], true)
		if !near && !BlockedByBrowsers(uint16(p)) && !witnessed(uint16(p)) {
			all = append(all, uint16(p))
		}
	}
	return all
}

// everAssigned reports whether any transport of the port is or was given, or
// is kept from being given.
func everAssigned(p uint16) bool {
	for _, t := range portolan.Transports {
		k := portolan.Key{Port: p, Transport: t}
		if s := registry.Lookup(k).Status(); s == registry.Assigned || s == registry.Reserved {
			return true
		}
	}
	return registry.EverAssigned(p)
}

func witnessed(p uint16) bool {
	for _, t := range portolan.Transports {
		if len(registry.Evidence(portolan.Key{Port: p, Transport: t})) > 0 {
			return true
		}
	}
	return false
}

// distances returns how far the next assigned ports are, 65535 where there is none.
func distances(p uint16) (below, above int) {
	find := func(step int) int {
		for q := int(p) + step; 0 <= q && q <= 65535; q += step {
			if everAssigned(uint16(q)) {
				return max(q, int(p)) - min(q, int(p))
			}
		}
		return 65535
	}
	return find(-1), find(1)
}

// memorable scores how easily a number is kept in mind, and says why.
func memorable(p uint16) (score int, why string) {
	s := strconv.Itoa(int(p))
	digits := map[byte]bool{}
	for i := range len(s) {
		digits[s[i]] = true
	}
	switch {
	case len(digits) == 1:
		return 100, "one digit all through"
	case p%1000 == 0:
		return 90, "a round thousand"
	case rises(s, 1) || rises(s, -1):
		return 85, "its digits count up or down"
	case palindrome(s) && len(digits) == 2:
		return 80, "the same from both ends, of two digits"
	case len(s)%2 == 0 && s[:len(s)/2] == s[len(s)/2:]:
		return 75, "one half twice"
	case palindrome(s):
		return 60, "the same from both ends"
	case p%100 == 0:
		return 55, "a round hundred"
	case len(digits) == 2:
		return 40, "of two digits only"
	}
	return 10, "no pattern in its digits"
}

func rises(s string, step int) bool {
	for i := 1; i < len(s); i++ {
		if int(s[i])-int(s[i-1]) != step {
			return false
		}
	}
	return true
}

func palindrome(s string) bool {
	for i := range len(s) / 2 {
		if s[i] != s[len(s)-1-i] {
			return false
		}
	}
	return true
}
