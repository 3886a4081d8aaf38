package registry

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// rawThreats is how many lines the raw source has, header included.
const rawThreats = 158

// Every line can be read, stands in its place, and is written as it should be.
func TestThreatsAreWellFormed(t *testing.T) {
	id := regexp.MustCompile(`^[SG]\d{4}$`)
	technique := regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	var before Threat
	for line := range records(dataThreats) {
		x, err := parseThreat(line)
		if err != nil {
			t.Errorf("%v: %q", err, line)
			continue
		}
		if compareThreats(before, x) >= 0 {
			t.Errorf("%d %s %s stands behind %d %s %s", x.Port, x.ID, x.Use, before.Port, before.ID, before.Use)
		}
		before = x
		if !id.MatchString(x.ID) || slices.ContainsFunc(x.Techniques, func(s string) bool { return !technique.MatchString(s) }) {
			t.Errorf("not ATT&CK's numbers: %q, %q", x.ID, x.Techniques)
		}
		if !strings.HasPrefix(x.Text, x.Name) || !strings.HasSuffix(x.Text, ".") || !strings.Contains(x.Text, strconv.Itoa(int(x.Port))) {
			t.Errorf("not a sentence on %s and %d: %q", x.Name, x.Port, x.Text)
		}
		for _, r := range x.Reports {
			if r.Title == "" || !strings.Contains(r.URL, "://") {
				t.Errorf("%d %s: report %+v", x.Port, x.Name, r)
			}
		}
		if strings.ContainsAny(line, "@\r\x1b") {
			t.Errorf("a mail address or a control character: %q", line)
		}
	}
	if len(AllThreats()) != ThreatSource().Rows {
		t.Errorf("%d threats, the certificate says %d", len(AllThreats()), ThreatSource().Rows)
	}
}

// compareThreats sorts by port, transport (a row that names none last), id and use.
func compareThreats(a, b Threat) int {
	transport := func(t Threat) int {
		if !t.NamesTransport {
			return 255
		}
		return int(t.Transport)
	}
	return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(transport(a), transport(b)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Use, b.Use))
}

// Each line of the raw source is in the table or left out with a reason, once.
func TestThreatsLoseNoLine(t *testing.T) {
	seen := map[int]int{}
	for _, x := range AllThreats() {
		for _, n := range x.Lines {
			seen[n]++
		}
	}
	left := leftOutThreats(t)
	for n := range left {
		seen[n]++
	}
	for n := 2; n <= rawThreats; n++ {
		if seen[n] != 1 {
			t.Errorf("line %d of the raw source is told %d times", n, seen[n])
		}
	}
	if len(seen) != rawThreats-1 || len(left) != ThreatSource().LeftOut {
		t.Errorf("%d lines of %d, %d left out of %d", len(seen), rawThreats-1, len(left), ThreatSource().LeftOut)
	}
}

// leftOutThreats returns the texts that were left out, by line of the raw source.
func leftOutThreats(t *testing.T) map[int]string {
	t.Helper()
	text, err := os.ReadFile("history/mitre-attack-18.1.left-out.tsv")
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]string{}
	for line := range records(string(text)) {
		c := strings.Split(line, "\t")
		if len(c) != 3 || c[1] == "" || c[2] == "" {
			t.Fatalf("not a place, a text and a reason: %q", line)
		}
		n, err := strconv.Atoi(c[0])
		if err != nil {
			t.Fatal(err)
		}
		all[n] = c[1]
	}
	return all
}

// The table says what the raw source says, cell by cell. The raw source is no
// part of the project; PORTOLAN_SOURCES names its folder.
func TestThreatsAgainstTheSource(t *testing.T) {
	raw := rawLines(t, "evidence/2026_mitre-attack-ports.tsv")
	if len(raw) != rawThreats {
		t.Fatalf("%d lines, want %d", len(raw), rawThreats)
	}
	for _, x := range AllThreats() {
		for _, n := range x.Lines {
			c := strings.Split(raw[n-1], "\t")
			transport := ""
			if x.NamesTransport {
				transport = x.Transport.String()
			}
			if c[0] != strconv.Itoa(int(x.Port)) || c[1] != transport || c[2] != x.ID || c[3] != x.Name || !slices.Contains(x.Techniques, c[5]) {
				t.Errorf("line %d is %q, the table has %+v", n, c[:6], x)
			}
			if strings.Join(titles(x, c[6]), "; ") != c[6] || strings.Join(addresses(x, c[7]), "; ") != c[7] {
				t.Errorf("line %d: reports %+v, want %q at %q", n, x.Reports, c[6], c[7])
			}
		}
	}
	for n, text := range leftOutThreats(t) {
		c := strings.Split(raw[n-1], "\t")
		for _, want := range []string{c[0], c[1], c[2], c[3], c[5]} {
			if !strings.Contains(text, want) {
				t.Errorf("line %d: %q lacks %q", n, text, want)
			}
		}
	}
}

// titles and addresses are those of a threat's reports that one raw line has:
// a row of several lines has the reports of all.
func titles(x Threat, cell string) (all []string) {
	for _, r := range x.Reports {
		if slices.Contains(list(cell), r.Title) {
			all = append(all, r.Title)
		}
	}
	return all
}

func addresses(x Threat, cell string) (all []string) {
	for _, r := range x.Reports {
		if slices.Contains(list(cell), r.URL) {
			all = append(all, r.URL)
		}
	}
	return all
}

// rawLines reads a raw source, and skips the test where there is none.
func rawLines(t *testing.T, name string) []string {
	t.Helper()
	dir := os.Getenv("PORTOLAN_SOURCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "sources")
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("%s is not in the raw sources: set PORTOLAN_SOURCES to their folder", name)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// Rows read by eye.
func TestThreats(t *testing.T) {
	for _, c := range []struct {
		key, id    string
		use        Use
		techniques string
		text       string
	}{
		{"25/tcp", "S0515", UseC2, "T1571", "WellMail uses 25 for command and control."},
		{"40/tcp", "G0039", UseScans, "T1046", "Suckfly looks for hosts that answer on 40."},
		{"135/tcp", "S0532", UseExploits, "T1110.001", "Lucifer guesses passwords on 135."},
		{"447/tcp", "S0266", UseC2, "T1571", "TrickBot uses 447 for command and control."},
		{"546/tcp", "S1218", UseC2, "T1571", "VIRTUALPIE is told of under T1571 (Non-Standard Port) with port 546."},
		{"1224/udp", "S1245", UseTransfers, "T1048.003", "InvisibleFerret sends stolen data to 1224."},
		{"2245/tcp", "S1245", UseC2, "T1095 T1571", "InvisibleFerret uses 2245 for command and control."},
		{"3128/tcp", "S0604", UseForwards, "T0884", "Industroyer is told of under T0884 (Connection Proxy) with port 3128."},
		{"3389/tcp", "G0035", UseOpens, "T1562.004", "Dragonfly opens 3389 in firewalls."},
		{"6000/udp", "S0034", UseC2, "T1008 T1095", "NETEAGLE uses 6000 for command and control."},
		{"6443/tcp", "G0082", UseOpens, "T1562.004 T1562.013", "APT38 opens 6443 in firewalls."},
		{"10001/tcp", "S0532", UseC2, "T1071", "Lucifer is told of under T1071 (Application Layer Protocol) with port 10001."},
	} {
		key, err := portolan.ParseKey(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(Threats(key), func(x Threat) bool {
			return x.ID == c.id && x.Use == c.use && strings.Join(x.Techniques, " ") == c.techniques && x.Text == c.text
		}) {
			t.Errorf("%s: %+v, want %+v", key, Threats(key), c)
		}
	}
	for _, none := range []string{"25/udp", "6000/tcp", "447/sctp", "447/ncp", "50/udp", "80/tcp", "443/tcp", "377/tcp", "378/tcp", "378/udp", "44/tcp"} {
		key, err := portolan.ParseKey(none)
		if err != nil {
			t.Fatal(err)
		}
		if got := Threats(key); len(got) > 0 {
			t.Errorf("%s: %+v, want nothing", key, got)
		}
	}
}

func TestThreatCitations(t *testing.T) {
	x := Threats(portolan.Key{Port: 7001, Transport: portolan.TCP})[0]
	want := []Report{
		{"Talos Rocke August 2018", "https://blog.talosintelligence.com/2018/08/rocke-champion-of-monero-miners.html"},
		{"Anomali Rocke March 2019", "https://www.anomali.com/blog/rocke-evolves-its-arsenal-with-a-new-malware-family-written-in-golang"},
	}
	if !slices.Equal(x.Reports, want) || x.URL() != "https://attack.mitre.org/groups/G0106/" {
		t.Errorf("%+v at %s, want %+v", x.Reports, x.URL(), want)
	}
	// The one row for which ATT&CK cites nothing.
	if x := Threats(portolan.Key{Port: 7519, Transport: portolan.TCP})[0]; x.Reports != nil || x.URL() != "https://attack.mitre.org/software/S0034/" {
		t.Errorf("%+v at %s", x.Reports, x.URL())
	}
	s := ThreatSource()
	if s.Licence != "© The MITRE Corporation, reproduced with permission" || s.Date.String() != "2025-11-13" || s.Title != "MITRE ATT&CK v18.1" {
		t.Errorf("%+v", s)
	}
}

func FuzzThreat(f *testing.F) {
	for line := range records(dataThreats) {
		f.Add(line)
	}
	f.Add("1\t*\t\t\tc2\t\t\t\t")
	f.Fuzz(func(t *testing.T, line string) {
		x, err := parseThreat(line)
		if err != nil {
			return
		}
		if !slices.Contains(Uses(), x.Use) || x.Name == "" || x.ID == "" || x.Text == "" || len(x.Techniques) == 0 {
			t.Errorf("%q gave %+v", line, x)
		}
		if x.NamesTransport && !x.On(x.Transport) || !x.NamesTransport && (!x.On(portolan.TCP) || !x.On(portolan.UDP) || x.On(portolan.SCTP)) {
			t.Errorf("%q speaks of the wrong transports: %+v", line, x)
		}
		if n := strings.Count(line, "\t"); n != 8 {
			t.Errorf("%d tabs in %q", n, line)
		}
		for _, r := range x.Reports {
			if r.URL != "" && !strings.Contains(line, r.Title+" "+r.URL) {
				t.Errorf("%q gave %+v", line, r)
			}
		}
	})
}
