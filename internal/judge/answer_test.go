package judge

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

var lan = netip.MustParseAddr("192.168.0.9")

func ssh() Spoken {
	return Spoken{Protocol: "ssh", Title: "SSH", Product: "OpenSSH", Version: "9.2p1", Services: []string{"ssh"}, Strength: Certain, Confirmed: true}
}

func TestAnswer(t *testing.T) {
	once, silent := ssh(), Spoken{Conduct: "silent"}
	once.Confirmed = false
	search := Spoken{Protocol: "elasticsearch", Title: "Elasticsearch", Services: []string{"http"}, Strength: Certain, Confirmed: true}
	for _, c := range []struct {
		key      string
		s        Spoken
		verdict  Verdict
		severity Severity
		says     string
	}{
		{"22/tcp", ssh(), AsAssigned, OK, "it answers in SSH (OpenSSH 9.2p1): what 22/tcp is assigned for (ssh)"},
		{"378/tcp", ssh(), GhostSquatter, Alert, "dsETOS"},
		{"378/tcp", silent, GhostSquatter, Alert, "it was asked: silent"},
		{"80/tcp", ssh(), Foreign, Warning, "80/tcp is assigned to http"},
		{"80/tcp", once, Unknown, Notice, "not so when it was asked again"},
		{"80/tcp", silent, Unknown, Notice, "can't be told from what it says"},
		{"9200/tcp", search, Alternative, OK, "a default port of it (Elasticsearch search engine: Elasticsearch Guide"},
		{"25/tcp", search, Foreign, Warning, "25/tcp is assigned to smtp"},
		{"4/tcp", ssh(), Unassigned, Alert, "nobody was given it"},
		{"50000/tcp", ssh(), Ephemeral, OK, "dynamic range"},
	} {
		k, err := portolan.ParseKey(c.key)
		if err != nil {
			t.Fatal(err)
		}
		f := Answer(k, lan, AssignedOf(k), c.s, nil)
		var all []string
		for _, r := range f.Reasons {
			all = append(all, r.Text)
		}
		if f.Verdict != c.verdict || f.Severity != c.severity || !strings.Contains(strings.Join(all, "\n"), c.says) {
			t.Errorf("%s %s: %s %s\n%s", c.key, c.s.Protocol, f.Verdict, f.Severity, strings.Join(all, "\n"))
		}
	}
}

func TestAnswerOfATrap(t *testing.T) {
	k := portolan.Key{Port: 80}
	f := Answer(k, lan, AssignedOf(k), Spoken{Conduct: "tarpit"}, nil)
	if last := f.Reasons[len(f.Reasons)-1]; last.Code != "tarpit" {
		t.Errorf("got %+v", f.Reasons)
	}
}

// TestSpokenLiftsAnIdentity: what a program says counts more than its name.
func TestSpokenLiftsAnIdentity(t *testing.T) {
	k := portolan.Key{Port: 22}
	python := Process{PID: 7, Program: "python3", Exe: "/usr/bin/python3.11", Cmdline: []string{"python3", "x.py"}}
	o := Observation{Key: k, Local: netip.MustParseAddrPort("0.0.0.0:22"), Processes: []Process{python}, OwnersVisible: true}
	before := Judge(o, AssignedOf(k), Host{}, nil)
	said := ssh()
	o.Spoken = &said
	after := Judge(o, AssignedOf(k), Host{}, nil)
	if before.Verdict != Unknown || after.Verdict != AsAssigned {
		t.Errorf("before %s, after %s", before.Verdict, after.Verdict)
	}
}

// TestAnswerOnAScannersWord: what others heard is said to be theirs.
func TestAnswerOnAScannersWord(t *testing.T) {
	heard := ssh()
	heard.By = "nmap"
	for _, c := range []struct {
		key     string
		s       Spoken
		verdict Verdict
		says    string
	}{
		{"22/tcp", heard, AsAssigned, "nmap said that it answers in SSH (OpenSSH 9.2p1): what 22/tcp"},
		{"80/tcp", heard, Foreign, "nmap said that it answers in SSH (OpenSSH 9.2p1)"},
		{"378/tcp", heard, GhostSquatter, "nmap said that it answers in SSH"},
		{"80/tcp", Spoken{By: "nmap", Conduct: "it is open"}, Unknown, "nmap said: it is open"},
		{"2401/tcp", Spoken{By: "nmap", Word: "cvspserver"}, AsAssigned, `nmap calls it "cvspserver"`},
		{"80/tcp", Spoken{By: "nmap", Word: "cvspserver", Conduct: "a name"}, Unknown, "nmap said: a name"},
	} {
		k, err := portolan.ParseKey(c.key)
		if err != nil {
			t.Fatal(err)
		}
		f := Answer(k, lan, AssignedOf(k), c.s, nil)
		var all []string
		for _, r := range f.Reasons {
			all = append(all, r.Text)
		}
		text := strings.Join(all, "\n")
		if f.Verdict != c.verdict || !strings.Contains(text, c.says) || strings.Contains(text, "asked") {
			t.Errorf("%s %+v: %s\n%s", c.key, c.s, f.Verdict, text)
		}
	}
}
