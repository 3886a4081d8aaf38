package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/portolan/portolan"
)

// Ours, in the form of the real files; the frequencies are invented.
const (
	sampleServices = `# Network services
ftp-data	20/tcp
ftp		21/tcp		fsp fspd	# File Transfer
gopher		70/tcp				# not 7/tcp, nor 170/tcp
#telnet		23/tcp
kerberos	88/udp
`
	sampleNmap = `# Fields in this file are: Service name, portnum/protocol, open-frequency, optional comments
ftp	21/tcp	0.250000	# File Transfer [Control]
ftp	21/udp	3/1000
unknown	70/tcp	0.000000
gopher	7070/tcp	0.5
telnet	23/tcp	often
`
	sampleProfile = `<?xml version="1.0" encoding="utf-8"?>
<service>
  <short>Ports &lt;for&gt; tests</short>
  <description>of port 70</description>
  <include service="ssh"/>
  <port protocol="tcp" port="21"/>
  <port protocol="udp" port="60-80"/>
  <port protocol="TCP" port="65-75"/>
  <port protocol="igmp" port=""/>
  <source-port protocol="tcp" port="22"/>
</service>
`
)

var written = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

func file(text string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(text), Mode: 0o644, ModTime: written}
}

func sample() fstest.MapFS {
	return fstest.MapFS{
		"etc/services":                            file(sampleServices),
		"usr/share/nmap/nmap-services":            file(sampleNmap),
		"usr/lib/firewalld/services/tests.xml":    file(sampleProfile),
		"usr/lib/firewalld/services/ssh.xml":      file(`<service><port protocol="tcp" port="22"/></service>`),
		"etc/firewalld/services/ssh.xml":          file(`<service><short>Ours</short><port protocol="tcp" port="2222"/></service>`),
		"etc/firewalld/services/ssh.xml.old":      file(`<service><port protocol="tcp" port="21"/></service>`),
		"usr/lib/firewalld/services/broken.xml":   file(`<service><port protocol="tcp"`),
		"usr/lib/firewalld/services/halfgood.xml": file(`<service><port protocol="tcp" port="ssh"/><port protocol="tcp" port="23"/></service>`),
		"usr/lib/firewalld/services/zone.xml":     file(`<zone><port protocol="tcp" port="21"/></zone>`),
	}
}

func key(t testing.TB, s string) portolan.Key {
	t.Helper()
	k, err := portolan.ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func one(p uint16) portolan.Span { return portolan.Span{First: p, Last: p} }

func TestFind(t *testing.T) {
	services := File{"services", "/etc/services", written}
	nmap := File{"nmap-services", "/usr/share/nmap/nmap-services", written}
	for k, want := range map[string][]Saying{
		"20/tcp": {{File: services, Line: 2, Span: one(20), Name: "ftp-data", Aliases: []string{}}},
		"21/tcp": {
			{File: services, Line: 3, Span: one(21), Name: "ftp", Aliases: []string{"fsp", "fspd"}, Comment: "File Transfer"},
			{File: nmap, Line: 2, Span: one(21), Name: "ftp", Comment: "File Transfer [Control]", Frequency: 0.25, HasFrequency: true},
		},
		"21/udp": {{File: nmap, Line: 3, Span: one(21), Name: "ftp", Frequency: 0.003, HasFrequency: true}},
		"70/tcp": {
			{File: services, Line: 4, Span: one(70), Name: "gopher", Aliases: []string{}, Comment: "not 7/tcp, nor 170/tcp"},
			{File: nmap, Line: 4, Span: one(70), HasFrequency: true},
		},
		"7/tcp":   nil,
		"170/tcp": nil,
		"23/udp":  nil,
	} {
		got := Find(sample(), key(t, k))
		if !reflect.DeepEqual(got.Sayings, want) {
			t.Errorf("%s: %+v, want %+v", k, got.Sayings, want)
		}
		if !reflect.DeepEqual(got.Searched, []File{services, nmap}) || len(got.Errs) != 0 {
			t.Errorf("%s: searched %v, errors %v", k, got.Searched, got.Errs)
		}
	}
}

func TestFindWithoutFrequency(t *testing.T) {
	got := Find(sample(), key(t, "23/tcp"))
	if len(got.Sayings) != 1 || got.Sayings[0].Name != "telnet" || got.Sayings[0].HasFrequency {
		t.Errorf("%+v", got.Sayings)
	}
	var e *ParseError
	if len(got.Errs) != 1 || !errors.As(got.Errs[0], &e) || e.Line != 6 || e.Source != "/usr/share/nmap/nmap-services" {
		t.Errorf("errors %v", got.Errs)
	}
}

func TestFrequency(t *testing.T) {
	for text, want := range map[string]float64{"0.484143": 0.484143, "0": 0, "1": 1, "1/4": 0.25, "0/7": 0} {
		if got, err := parseFrequency(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "NaN", "Inf", "-0.1", "1.5", "0/0", "3/2", "1/x", "1e999"} {
		if got, err := parseFrequency(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFindProfiles(t *testing.T) {
	const lib = "/usr/lib/firewalld/services/"
	tests := File{"firewalld", lib + "tests.xml", written}
	for k, want := range map[string][]Saying{
		"21/tcp":   {{File: tests, Span: one(21), Name: "tests", Comment: "Ports <for> tests"}},
		"70/tcp":   {{File: tests, Span: portolan.Span{First: 65, Last: 75}, Name: "tests", Comment: "Ports <for> tests"}},
		"60/udp":   {{File: tests, Span: portolan.Span{First: 60, Last: 80}, Name: "tests", Comment: "Ports <for> tests"}},
		"23/tcp":   {{File: File{"firewalld", lib + "halfgood.xml", written}, Span: one(23), Name: "halfgood"}},
		"2222/tcp": {{File: File{"firewalld", "/etc/firewalld/services/ssh.xml", written}, Span: one(2222), Name: "ssh", Comment: "Ours"}},
		"22/tcp":   nil, // the administrator's ssh.xml stands in for firewalld's
		"60/tcp":   nil,
	} {
		got := FindProfiles(sample(), key(t, k))
		if !reflect.DeepEqual(got.Sayings, want) {
			t.Errorf("%s: %+v, want %+v", k, got.Sayings, want)
		}
		if len(got.Searched) != 2 || got.Searched[0].Path != "/etc/firewalld/services" || got.Searched[1].Path != "/usr/lib/firewalld/services" {
			t.Errorf("%s: searched %v", k, got.Searched)
		}
	}
	got := FindProfiles(sample(), key(t, "1/tcp"))
	var wrong []string
	for _, err := range got.Errs {
		var e *ParseError
		if errors.As(err, &e) {
			wrong = append(wrong, strings.TrimPrefix(e.Source, lib))
		}
	}
	if strings.Join(wrong, " ") != "broken.xml halfgood.xml zone.xml" {
		t.Errorf("errors %v", got.Errs)
	}
}

func TestNothingThere(t *testing.T) {
	for name, found := range map[string]Found{"Find": Find(fstest.MapFS{}, key(t, "21/tcp")), "FindProfiles": FindProfiles(fstest.MapFS{}, key(t, "21/tcp"))} {
		if !reflect.DeepEqual(found, Found{}) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// What is too large, too long, too many or no file at all is refused and said.
func TestBounds(t *testing.T) {
	k := key(t, "21/tcp")
	line := "ftp 21/tcp\n"
	pipe := file(line)
	pipe.Mode = fs.ModeNamedPipe
	for name, c := range map[string]struct {
		services *fstest.MapFile
		sayings  int
		err      string
	}{
		"too large": {file(strings.Repeat("#\n", maxFile/2) + line), 0, "/etc/services: more than 8388608 bytes: not read"},
		"just fits": {file(strings.Repeat("#\n", maxFile/2-len(line)) + line), 1, ""},
		"too long":  {file("ftp 21/tcp #" + strings.Repeat("x", maxLine) + "\n" + line), 1, "more than 4096 bytes"},
		"too many":  {file(strings.Repeat(line, 1000)), maxSayings, "more than 64 lines for 21/tcp"},
		"a pipe":    {pipe, 0, "/etc/services: not a regular file"},
		"a folder":  {&fstest.MapFile{Mode: fs.ModeDir}, 0, "/etc/services: not a regular file"},
		"no key":    {file("ftp\n21/tcp\nftp 21/tcpx\nftp 21/\nftp /21/tcp"), 0, ""},
		"the end":   {file("x 1/udp\nftp 21/tcp"), 1, ""},
	} {
		got := Find(fstest.MapFS{"etc/services": c.services}, k)
		if len(got.Sayings) != c.sayings {
			t.Errorf("%s: %d sayings, want %d", name, len(got.Sayings), c.sayings)
		}
		if c.err == "" && len(got.Errs) != 0 || c.err != "" && (len(got.Errs) != 1 || !strings.Contains(got.Errs[0].Error(), c.err)) {
			t.Errorf("%s: errors %v, want %q", name, got.Errs, c.err)
		}
	}
	many := fstest.MapFS{"usr/lib/firewalld/services/large.xml": file("<service>" + strings.Repeat(" ", maxProfile))}
	for i := range maxProfiles {
		many[fmt.Sprintf("usr/lib/firewalld/services/a%d.xml", i)] = file(`<service/>`)
	}
	got := FindProfiles(many, k)
	if len(got.Errs) != 1 || !strings.Contains(got.Errs[0].Error(), "more than 5000 files") {
		t.Errorf("errors %v", got.Errs)
	}
	delete(many, "usr/lib/firewalld/services/a0.xml")
	got = FindProfiles(many, k)
	if len(got.Errs) != 1 || !strings.Contains(got.Errs[0].Error(), "large.xml: more than 65536 bytes") {
		t.Errorf("errors %v", got.Errs)
	}
}

// FuzzFind: any bytes in any of the files, any key. What is found is about the
// key, and a look at every line finds the same.
func FuzzFind(f *testing.F) {
	f.Add([]byte(sampleServices), uint16(21), uint8(0))
	f.Add([]byte(sampleNmap), uint16(21), uint8(1))
	f.Add([]byte(sampleProfile), uint16(70), uint8(0))
	f.Add([]byte("a\t5/tcp\t5/tcp\r\n5/5/tcp\nx 05/tcp 0x1p-2 # \xff"), uint16(5), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, port uint16, transport uint8) {
		k := portolan.Key{Port: port, Transport: portolan.Transport(transport % 5)}
		fsys := fstest.MapFS{"etc/services": file(string(b)), "usr/share/nmap/nmap-services": file(string(b)),
			"etc/firewalld/services/x.xml": file(string(b))}
		found, profiles := Find(fsys, k), FindProfiles(fsys, k)
		count := map[string]int{}
		for _, s := range append(found.Sayings, profiles.Sayings...) {
			count[s.Source]++
			if !s.Span.Contains(port) || s.Path == "" || s.Modified != written || s.Line > strings.Count(string(b), "\n")+1 {
				t.Errorf("not about %s: %+v", k, s)
			}
			if s.Name == "" && s.Source != "nmap-services" || strings.ContainsAny(s.Name, " \t\r\n") {
				t.Errorf("no name: %+v", s)
			}
			if !(s.Frequency >= 0 && s.Frequency <= 1) {
				t.Errorf("no share: %+v", s)
			}
		}
		if count["firewalld"] > 1 {
			t.Errorf("%d sayings of one profile", count["firewalld"])
		}
		if n := slowCount(b, k); n <= maxSayings && (count["services"] != n || count["nmap-services"] != n) && len(b) < maxLine {
			t.Errorf("%v lines say %s, found %v", n, k, count)
		}
	})
}

// slowCount splits every line.
func slowCount(text []byte, k portolan.Key) int {
	n := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		data, _, _ := strings.Cut(line, "#")
		cells := strings.Fields(data)
		if len(cells) > 1 {
			if got, err := portolan.ParseKey(cells[1]); err == nil && got == k {
				n++
			}
		}
	}
	return n
}

// FuzzProfile: any bytes; what a profile opens are spans.
func FuzzProfile(f *testing.F) {
	f.Add([]byte(sampleProfile))
	f.Add([]byte(`<service><port protocol="tcp" port="5-1"/><port protocol="tcp" port="5"/></service>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, tr := range portolan.Transports {
			_, spans, _ := parseProfile(b, tr)
			for _, s := range spans {
				if s.First > s.Last || !strings.Contains(string(b), "port") {
					t.Errorf("%v of %q", s, b)
				}
			}
		}
	})
}

// As large as Debian's: 27,000 lines of nmap-services, 221 profiles.
func realistic(b *testing.B) fs.FS {
	b.Helper()
	root := b.TempDir()
	write := func(path, text string) {
		path = filepath.Join(root, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			b.Fatal(err)
		}
	}
	var nmap, services strings.Builder
	for i := range 27000 {
		fmt.Fprintf(&nmap, "some-name\t%d/udp\t0.%06d\t# what it is for\n", i*2, i)
	}
	for i := range 300 {
		fmt.Fprintf(&services, "some-name\t%d/tcp\talias\t\t# what it is\n", i*3)
	}
	write("usr/share/nmap/nmap-services", nmap.String())
	write("etc/services", services.String())
	for i := range 221 {
		write(fmt.Sprintf("usr/lib/firewalld/services/s%d.xml", i), strings.Replace(sampleProfile, `"21"`, fmt.Sprintf(`"%d"`, i), 1))
	}
	return os.DirFS(root)
}

func BenchmarkFind(b *testing.B) {
	fsys, k := realistic(b), key(b, "444/udp")
	for b.Loop() {
		if found := Find(fsys, k); len(found.Sayings) != 1 || len(found.Errs) != 0 {
			b.Fatal(found)
		}
	}
}

func BenchmarkFindProfiles(b *testing.B) {
	fsys, k := realistic(b), key(b, "21/tcp")
	for b.Loop() {
		if found := FindProfiles(fsys, k); len(found.Sayings) != 1 || len(found.Errs) != 0 {
			b.Fatal(found)
		}
	}
}
