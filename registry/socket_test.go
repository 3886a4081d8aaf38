package registry

import (
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// Read in RFC 349, 739 and 758: Telnet was proposed for socket 1, and moved to
// 23 as New Telnet, which RFC 758 lists for TCP too.
func TestSocketsAndTheirHeirs(t *testing.T) {
	var lives []string
	for _, l := range Sockets(1) {
		lives = append(lives, l.Assignment.Description()+" "+l.First.ID+" "+l.Last.ID)
	}
	if got := strings.Join(lives, "; "); got != "Telnet rfc349 rfc503; Old Telnet rfc739 rfc790" {
		t.Errorf("socket 1: %s", got)
	}
	a, ok := TookOver(23)
	if !ok || a.Description() != "New Telnet" || a.First().ID != "rfc758" {
		t.Errorf("23: %v %q of %s", ok, a.Description(), a.First().ID)
	}
	if a, ok := TookOver(378); ok {
		t.Errorf("378 took over %q", a.Description())
	}
}

// What was said of the ARPANET's sockets before TCP had ports is not said of TCP.
func TestSocketsAreNotPorts(t *testing.T) {
	day, _ := ParseDate("1977-12-31")
	if a, ok := At(portolan.Key{Port: 23, Transport: portolan.TCP}, day); ok {
		t.Errorf("23/tcp in 1977: %s", a.Edition().ID)
	}
	a, ok := At(portolan.Key{Port: 23, Transport: portolan.NCP}, day)
	if !ok || a.Edition().ID != "rfc739" || a.First().Description() != "New Telnet" {
		t.Errorf("socket 23 in 1977: %v %s %q", ok, a.Edition().ID, a.First().Description())
	}
	if today := Lookup(portolan.Key{Port: 23, Transport: portolan.NCP}); today.Status() != Unassigned || today.Listed() {
		t.Errorf("socket 23 today: %s", today.Status())
	}
}
