package scanfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rowsOf reads a text, and writes each row as "10.0.0.1 22/tcp open, ssh (ssh) OpenSSH 9.2p1".
func rowsOf(text []byte) (rows []string, sum Summary, err error) {
	sum, err = Read(bytes.NewReader(text), func(r Row) error {
		rows = append(rows, short(r))
		return nil
	})
	return rows, sum, err
}

func short(r Row) string {
	s := fmt.Sprintf("%s %s %s", r.Addr, r.Key, r.State)
	if r.Service != "" {
		s += fmt.Sprintf(", %s by %s", r.Service, r.Method)
	}
	if m := r.Meaning(); m.Protocol != "" {
		s += " = " + m.Protocol
		if m.TLS {
			s += " in tls"
		}
	}
	if r.Product+r.Version != "" {
		s += fmt.Sprintf(": %s %s", r.Product, r.Version)
	}
	return s
}

func captured(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		file    string
		format  Format
		scanner string
		rows    int
		says    []string
	}{
		{"nmap-sv.xml", Nmap, "nmap", 8, []string{
			"192.0.2.2 22/tcp open, http by probed = http: SimpleHTTPServer 0.6",
			"192.0.2.2 23/tcp closed, telnet by table",
			"192.0.2.2 80/tcp open, http by table", // guessed by the number: it means nothing
			"192.0.2.2 443/tcp open, https by table = tls",
			"192.0.2.2 378/tcp open, ssh by probed = ssh: OpenSSH 9.2p1 Debian 2+deb12u10",
			"192.0.2.2 6380/tcp open, redis by probed = redis: Redis key-value store ",
		}},
		{"nmap-ss.xml", Nmap, "nmap", 8, []string{"192.0.2.2 22/tcp open, ssh by table", "192.0.2.2 6380/tcp open"}},
		{"nmap-v6.xml", Nmap, "nmap", 2, []string{"2001:db8::2 378/tcp open, ssh by probed = ssh: OpenSSH 9.2p1 Debian 2+deb12u10"}},
		{"nmap-udp.xml", Nmap, "nmap", 2, []string{"192.0.2.2 53/udp open, domain by probed = dns: dnsmasq 2.90"}},
		{"nmap-tls.xml", Nmap, "nmap", 2, []string{"192.0.2.2 443/tcp open, http by probed = http in tls: OpenSSL s_server -www httpd "}},
		{"nmap-killed.xml", Nmap, "nmap", 0, nil},
		{"masscan.json", Masscan, "masscan", 10, []string{
			"192.0.2.2 22/tcp open",
			"192.0.2.2 378/tcp open, ssh by probed = ssh: OpenSSH 9.2p1",
			"192.0.2.2 443/tcp open, ssl by probed = tls",
			"192.0.2.2 8080/tcp open, http.server by probed = http: SimpleHTTP 0.6",
			"192.0.2.2 8080/tcp open, http by probed = http: SimpleHTTP 0.6",
		}},
		{"masscan.ndjson", Masscan, "masscan", 10, []string{"192.0.2.2 2222/tcp open, ssh by probed = ssh: OpenSSH 9.2p1"}},
		{"masscan.xml", Nmap, "masscan", 9, []string{
			"192.0.2.2 378/tcp open, ssh by probed = ssh: OpenSSH 9.2p1",
			"192.0.2.2 8080/tcp open, http.server by probed = http: SimpleHTTP 0.6",
		}},
		{"naabu.jsonl", Naabu, "naabu", 5, []string{
			"192.0.2.2 378/tcp open",
			"192.0.2.2 443/tcp open = tls",
			"192.0.2.2 8080/tcp open",
			"192.0.2.2 2222/tcp open, ssh by probed = ssh: OpenSSH 9.2p1",
			"192.0.2.2 6380/tcp open, redis by probed = redis: Redis key-value store ",
		}},
		{"zgrab2.jsonl", Zgrab2, "zgrab2", 8, []string{
			"192.0.2.2 378/tcp open, ssh by probed = ssh: OpenSSH 9.2p1",
			"192.0.2.2 8080/tcp open, http by probed = http: SimpleHTTP 0.6",
			"192.0.2.2 443/tcp open, http by probed = http in tls",
			"192.0.2.2 8443/tcp open, tls by probed = tls",
			"192.0.2.2 3307/tcp open, mysql by probed = mysql:  8.0.36",
			"192.0.2.2 22/tcp open",
			"192.0.2.2 25/tcp closed",
			"192.0.2.2 143/tcp filtered",
		}},
		{"portolan.json", Portolan, "portolan", 5, []string{
			"127.0.0.1 22/tcp open, http by probed = http: SimpleHTTP 0.6",
			"127.0.0.1 23/tcp closed",
			"127.0.0.1 443/tcp open, http by probed = http in tls",
		}},
		{"portolan.ndjson", Portolan, "portolan", 5, []string{"127.0.0.1 378/tcp open, ssh by probed = ssh: OpenSSH 9.2p1"}},
	} {
		rows, sum, err := rowsOf(captured(t, c.file))
		if err != nil || sum.Format != c.format || sum.Scanner != c.scanner || sum.Rows != c.rows || len(rows) != c.rows {
			t.Errorf("%s: %+v, %d rows: %v", c.file, sum, len(rows), err)
		}
		all := "\n" + strings.Join(rows, "\n") + "\n"
		for _, want := range c.says {
			if !strings.Contains(all, "\n"+want+"\n") {
				t.Errorf("%s: it does not say %q:%s", c.file, want, all)
			}
		}
		if cut := c.file == "nmap-killed.xml"; sum.Cut != cut || cut != (len(sum.Warnings) > 0) && c.file != "zgrab2.jsonl" {
			t.Errorf("%s: cut %v, %q", c.file, sum.Cut, sum.Warnings)
		}
	}
}

func TestReadCounts(t *testing.T) {
	if _, sum, _ := rowsOf(captured(t, "nmap-ss.xml")); sum.Counted != 995 || sum.Version != "7.93" || !strings.HasPrefix(sum.Args, "nmap -n -sS") {
		t.Errorf("got %+v", sum)
	}
	if _, sum, _ := rowsOf(captured(t, "zgrab2.jsonl")); sum.NoPort != 1 || len(sum.Warnings) != 1 {
		t.Errorf("got %+v", sum)
	}
	script := `<nmaprun><host><address addr="10.0.0.1" addrtype="ipv4"/><ports><port protocol="tcp" portid="1"><state state="open"/><script id="x" output="y"><table><elem>z</elem></table></script></port></ports></host></nmaprun>`
	if rows, sum, err := rowsOf([]byte(script)); sum.Scripts != 1 || len(rows) != 1 || err != nil {
		t.Errorf("got %+v, %v, %v", sum, rows, err)
	}
}

// A file that is cut anywhere gives the rows before the cut, and a warning.
func TestReadCut(t *testing.T) {
	for _, name := range []string{"nmap-sv.xml", "masscan.json", "masscan.ndjson", "masscan.xml", "naabu.jsonl", "zgrab2.jsonl", "portolan.json", "portolan.ndjson"} {
		text := bytes.TrimSpace(captured(t, name))
		whole, _, _ := rowsOf(text)
		step := max(1, len(text)/200)
		most := 0
		for n := len(text)/3 + 1; n < len(text)-1; n += step {
			rows, sum, err := rowsOf(text[:n])
			lines := strings.HasSuffix(name, "l") || strings.HasSuffix(name, ".ndjson")
			boundary := lines && (text[n-1] == '}' || text[n-1] == '\n') // between two lines nothing is missing
			if err != nil || !sum.Cut && !boundary && !strings.HasSuffix(name, ".xml") && name != "portolan.json" || len(rows) < most && n > len(text)/3+1 {
				t.Fatalf("%s cut at %d: %d rows, %+v, %v", name, n, len(rows), sum, err)
			}
			most = len(rows)
			for i := range rows {
				if rows[i] != whole[i] {
					t.Fatalf("%s cut at %d: row %d is %q", name, n, i, rows[i])
				}
			}
		}
		if most == 0 {
			t.Errorf("%s: no row was read of any part", name)
		}
	}
	if _, sum, err := rowsOf([]byte("[\n{\"ip\":\"10.0.0.1\",\"ports\":[{\"port\":1,\"proto\":\"tcp\",\"status\":\"open\"}]},\n")); err != nil || !sum.Cut || sum.Rows != 1 {
		t.Errorf("a trailing comma: %+v, %v", sum, err)
	}
	if _, sum, err := rowsOf([]byte("[\n{\"ip\":\"10.0.0.1\",\"ports\":[{\"port\":1,\"proto\":\"tcp\",\"status\":\"open\"}]},\n{finished: 1}\n]\n")); err != nil || sum.Cut || sum.Rows != 1 {
		t.Errorf("an old end: %+v, %v", sum, err)
	}
	if _, sum, err := rowsOf(nil); err != nil || !sum.Cut {
		t.Errorf("nothing at all: %+v, %v", sum, err)
	}
}

func TestReadPacked(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(captured(t, "nmap-sv.xml"))
	z.Close()
	if rows, _, err := rowsOf(b.Bytes()); len(rows) != 8 || err != nil {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if _, sum, err := rowsOf(b.Bytes()[:b.Len()/2]); !sum.Cut || err != nil {
		t.Errorf("half of it: %+v, %v", sum, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"hello", "neither XML nor JSON"},
		{"<html></html>", "not nmap's"},
		{"<nmaprun", "not nmap's"},
		{"<nmaprun><host></nmaprun>", "line 1"},
		{`<nmaprun><host><address addr="x" addrtype="ipv4"/>`, `addr: "x" is no address`},
		{`<nmaprun><host><ports><port protocol="tcp" portid="1"/>`, "without an address"},
		{"<nmaprun>\n<host><address addr=\"10.0.0.1\" addrtype=\"ipv4\"/><ports><port protocol=\"tcp\" portid=\"70000\"/>", `line 2: portid: "70000" is no port`},
		{`<nmaprun><host><address addr="10.0.0.1" addrtype="ipv4"/><ports><port protocol="tcp" portid="7"><state state="ajar"/>`, `"ajar" is no state`},
		{`<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun args="&a;"/>`, "invalid character entity"},
		{"<nmaprun \x00/>", "line 1"},
		{"<nmaprun args=\"\xff\"/>", "invalid UTF-8"},
		{`{}`, "of no scanner"},
		{`[1]`, "where a record should begin"},
		{`{"ip":"10.0.0.1","port":"x"}`, "port"},
		{`{"ip":"fe80::1%eth0","port":1}`, "is no address"},
		{`{"ip":7,"port":1}`, "ip: a number"},
		{`{"ip":"10.0.0.1","ports":{}}`, "ports: a object"},
		{`{"ip":"10.0.0.1","ports":[{"port":1,"proto":"tcp"}]}`, "neither a state nor a banner"},
		{`{"ip":"10.0.0.1","ports":[{"port":[],"proto":"tcp"}]}`, "ports.port"},
		{`{"ip":"10.0.0.1","data":{"ssh":7}}`, "data.ssh"},
		{`{"ip":"10.0.0.1","port":1,"protocol":"x"}`, `"x" is no transport`},
		{"{\"ip\":\"10.0.0.1\",\"port\":1}\n{\"ip\":", ""},
		{"{\"ip\":\"10.0.0.1\",\"port\":1}\n\n{\"ip\":\x01}", "line 3"},
	} {
		_, sum, err := rowsOf([]byte(c.text))
		wrong := (*ParseError)(nil)
		if c.says == "" {
			if err != nil || !sum.Cut {
				t.Errorf("%q: %+v, %v", c.text, sum, err)
			}
			continue
		}
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.says) || wrong.Next == "" || wrong.Line < 1 {
			t.Errorf("%q: %v, want %q and a next step", c.text, err, c.says)
		}
	}
	stop := errors.New("enough")
	if _, err := Read(bytes.NewReader(captured(t, "masscan.json")), func(Row) error { return stop }); err != stop {
		t.Errorf("the caller's error became %v", err)
	}
}

func FuzzRead(f *testing.F) {
	all, _ := filepath.Glob("testdata/*.*")
	for _, name := range all {
		if text := captured(f, filepath.Base(name)); len(text) < 2<<10 {
			f.Add(text)
		}
	}
	f.Add([]byte(`{"schema":"portolan.probe/v1","results":[{"target":"10.0.0.1","port":22,"transport":"tcp","state":"open","protocol":"ssh","tls":null,"also":["http"]}],"summary":{}}`))
	f.Add([]byte(`<nmaprun><host><address addr="10.0.0.1"/><ports><port protocol="udp" portid="53"><state state="open|filtered"/><service name="domain" method="probed" tunnel="ssl" conf="10"/></port>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows := 0
		sum, err := Read(bytes.NewReader(text), func(r Row) error {
			if rows++; !r.Addr.IsValid() || r.State == "" || r.Line < 1 || len(r.Extra) > MostText*3 {
				t.Errorf("a row is %+v", r)
			}
			if m := r.Meaning(); m.Protocol != "" && r.State != Open {
				t.Errorf("a port that isn't open speaks %s", m.Protocol)
			}
			return nil
		})
		if wrong := (*ParseError)(nil); err != nil && (!errors.As(err, &wrong) || wrong.Next == "") {
			t.Errorf("%v is no ParseError with a next step", err)
		}
		if sum.Rows != rows {
			t.Errorf("%d rows, and the summary says %d", rows, sum.Rows)
		}
	})
}
