package scanfile

import (
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// Every word leads to a protocol of the table, and is needed.
func TestWords(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range words {
		if _, ok := protocol.Named(w.means); !ok || seen[w.says] {
			t.Errorf("%s means %s: not in the table, or twice", w.says, w.means)
		}
		seen[w.says] = true
	}
}

// Every protocol of portolan's survives being written in nmap's words.
func TestNmapNames(t *testing.T) {
	for _, p := range protocol.Table {
		name := p.Name
		if n, ok := nmapNames[name]; ok {
			name = n
		}
		r := Row{State: Open, Scanner: "portolan", Method: Probed, Service: name}
		if m := r.Meaning(); m.Protocol != p.Name || m.TLS {
			t.Errorf("%s is written %s, which means %+v", p.Name, name, m)
		}
	}
	for name := range nmapNames {
		if _, ok := protocol.Named(name); !ok {
			t.Errorf("%s is no protocol of the table", name)
		}
	}
}

func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		word  string
		udp   bool
		means string
		tls   bool
	}{
		{"ms-wbt-server", false, "rdp", false}, {"microsoft-ds", false, "smb", false}, {"netbios-ssn", false, "smb", false}, {"domain", false, "dns", false},
		{"https", false, "http", true}, {"imaps", false, "imap", true}, {"ssl/http", false, "http", true}, {"upnp", true, "ssdp", false}, {"upnp", false, "http", false},
		{"X11", false, "x11", false}, {"login", false, "", false}, {"", false, "", false},
	} {
		transport := portolan.TCP
		if c.udp {
			transport = portolan.UDP
		}
		if name, tls := meaning(c.word, transport); name != c.means || tls != c.tls {
			t.Errorf("%s means %q, in tls %v", c.word, name, tls)
		}
	}
	row := Row{State: Open, Service: "tcpwrapped", Method: Probed}
	if m := row.Meaning(); m != (Meaning{}) {
		t.Errorf("tcpwrapped means %+v", m)
	}
}
