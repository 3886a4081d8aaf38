package probe

import (
	"net/netip"
	"slices"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// Target is one port to ask.
type Target struct {
	Addr      netip.AddrPort
	Transport portolan.Transport // TCP or UDP
	// Name is the host as the user wrote it: for the Host header and for TLS's
	// server name. "" where it is the address.
	Name string
	// Services are the names that the port is registered under. Their protocols
	// are asked first.
	Services []string
}

// host is what questions name the server by.
func (t Target) host() string {
	if t.Name != "" {
		return t.Name
	}
	return t.Addr.Addr().WithZone("").String()
}

// NeverSent reports whether a port gets no byte whatever the caller wants:
// printers put on paper what comes in on 9100 to 9107 and 515.
func NeverSent(port uint16) bool { return port == 515 || port >= 9100 && port <= 9107 }

// industrial are the ports of controllers that have failed when they were sent
// what they do not know: S7, Modbus, MMS and IEC 104, DNP3, FINS, PCWorx, Fox,
// EtherNet/IP, BACnet, ProConOS and others.
var industrial = [...]uint16{102, 502, 789, 1911, 1962, 2404, 4911, 5006, 5007, 5094, 9600, 18245, 18246, 20000, 20547, 34962, 34963, 34964, 34980, 44818, 47808, 55000, 55001, 55002, 55003}

// Industrial reports whether a port is left unasked unless the user asks for
// industrial protocols by name.
func Industrial(port uint16) bool { return slices.Contains(industrial[:], port) }

// ranked is a question with the protocol that it belongs to.
type ranked struct {
	protocol.Question
	of   *protocol.Protocol
	home bool // the port is registered or usual for the protocol
}

// questions are what may be asked of a target, in order: those of the protocols
// that the port is registered for, those that it is usual for, then all others by rank.
func questions(t Target, industrial bool) []ranked {
	var all []ranked
	for i := range protocol.Table {
		p := &protocol.Table[i]
		promised := slices.ContainsFunc(t.Services, func(s string) bool { return p.Keeps(s, true) })
		home := promised || slices.Contains(p.Usual, t.Addr.Port())
		for _, q := range p.Questions {
			if q.Transport != t.Transport || len(q.After) > 0 {
				continue
			}
			if q.When == protocol.OnRequest && !industrial || q.When == protocol.AtHome && !home {
				continue
			}
			switch {
			case promised:
				q.Rank -= 2000
			case home:
				q.Rank -= 1000
			}
			all = append(all, ranked{q, p, home})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.Rank - b.Rank })
	return all
}

// followUps are what may be asked of a server that speaks a protocol, or what
// carries it, to learn more.
func followUps(t Target, of string) []ranked {
	p, ok := protocol.Named(of)
	if !ok {
		return nil
	}
	var all []ranked
	for i := range protocol.Table {
		for _, q := range protocol.Table[i].Questions {
			if q.Transport == t.Transport && (slices.Contains(q.After, of) || slices.Contains(q.After, carrier(of)) || p.Over != "" && slices.Contains(q.After, p.Over)) {
				all = append(all, ranked{q, &protocol.Table[i], true})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.Rank - b.Rank })
	return all
}

// asked returns a question of the table by its name.
func asked(name string) (ranked, bool) {
	for i := range protocol.Table {
		for _, q := range protocol.Table[i].Questions {
			if q.Name == name {
				return ranked{q, &protocol.Table[i], false}, true
			}
		}
	}
	return ranked{}, false
}

// String is "192.0.2.1:378/tcp".
func (t Target) String() string {
	return netip.AddrPortFrom(t.Addr.Addr(), t.Addr.Port()).String() + "/" + t.Transport.String()
}

// keeps reports whether a protocol is what one of the target's services promises.
func (t Target) keeps(name string, inTLS bool) bool {
	for p, ok := protocol.Named(name); ok; p, ok = protocol.Named(p.Over) {
		if slices.ContainsFunc(t.Services, func(s string) bool { return p.Keeps(s, inTLS) }) {
			return true
		}
	}
	return false
}
