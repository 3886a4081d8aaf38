package scanfile

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/portolan/portolan"
)

// hostileBanner has what a server may say to harm who reads the file.
const hostileBanner = "a\x00b\x1b[2J\"'<>&\xff\xfe\u202e\u0085\u2028]]>\r\n\tend"

func written(t testing.TB, banner string) []byte {
	t.Helper()
	run := Run{Version: "1", Args: "probe 192.0.2.7 " + banner, Start: time.Unix(1795435200, 0), End: time.Unix(1795435203, 5e8),
		Keys: []portolan.Key{{Port: 80}, {Port: 22}, {Port: 81}, {Port: 53, Transport: portolan.UDP}}}
	hosts := []Host{
		{Addr: netip.MustParseAddr("192.0.2.7"), Name: "lab.example", Rows: []Row{
			{Key: portolan.Key{Port: 22}, State: Open, Reason: "syn-ack", Service: "ssh", Method: Probed, Product: "OpenSSH", Version: "9.2p1", Conf: 10},
			{Key: portolan.Key{Port: 80}, State: Open, Reason: "syn-ack", Service: "http", Method: Probed, TLS: true, Product: banner, Version: banner, Extra: banner, Conf: 8},
			{Key: portolan.Key{Port: 81}, State: Failed, Reason: banner, Service: "hosts2-ns", Method: Guessed, Conf: 3},
			{Key: portolan.Key{Port: 53, Transport: portolan.UDP}, State: NoAnswer, Reason: "time-out"},
		}, Others: map[Unlisted]int{{Closed, "reset", portolan.TCP}: 7, {Filtered, "time-out", portolan.TCP}: 2, {Filtered, "host-unreach", portolan.TCP}: 1}},
		{Addr: netip.MustParseAddr("2001:db8::1"), Others: map[Unlisted]int{{Filtered, "time-out", portolan.TCP}: 4}},
	}
	var b bytes.Buffer
	if err := WriteXML(&b, run, hosts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is written is read again as it was.
func TestWriteXML(t *testing.T) {
	rows, sum, err := rowsOf(written(t, "plain"))
	if err != nil || sum.Scanner != "portolan" || sum.Counted != 14 || sum.Cut {
		t.Errorf("%+v, %v", sum, err)
	}
	want := []string{
		"192.0.2.7 22/tcp open, ssh by probed = ssh: OpenSSH 9.2p1",
		"192.0.2.7 80/tcp open, http by probed = http in tls: plain plain",
		"192.0.2.7 81/tcp error, hosts2-ns by table",
		"192.0.2.7 53/udp no-answer",
	}
	if got := strings.Join(rows, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestWriteXMLInterrupted(t *testing.T) {
	var b bytes.Buffer
	if err := WriteXML(&b, Run{Start: time.Unix(1795435200, 0)}, nil); err != nil || !strings.Contains(b.String(), `exit="error" errormsg="interrupted"`) {
		t.Errorf("%v\n%s", err, b.String())
	}
	valid(t, b.Bytes())
}

func TestWriteXMLHostile(t *testing.T) {
	text := written(t, hostileBanner)
	for _, bad := range []string{"\x00", "\x1b", "\u202e", "\u0085", "\xff", "\t"} {
		if bytes.Contains(text, []byte(bad)) {
			t.Errorf("it holds %q", bad)
		}
	}
	if !bytes.Contains(text, []byte(`a\x00b\x1b[2J&quot;`)) {
		t.Errorf("nothing is left of the banner:\n%s", text)
	}
	if rows, _, err := rowsOf(text); len(rows) != 4 || err != nil {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	valid(t, text)
}

// valid asks xmllint, by the document type that nmap brings.
func valid(t *testing.T, text []byte) {
	t.Helper()
	const dtd = "/usr/share/nmap/nmap.dtd"
	if _, err := os.Stat(dtd); err != nil {
		t.Skip("needs nmap's document type: apt-get install nmap-common")
	}
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("needs xmllint: apt-get install libxml2-utils")
	}
	c := exec.Command(lint, "--nonet", "--noout", "--dtdvalid", dtd, "-")
	c.Stdin = bytes.NewReader(text)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s\n%s", err, out, text)
	}
}

// nmap's own reader understands it.
func TestNdiffReads(t *testing.T) {
	ndiff, err := exec.LookPath("ndiff")
	if err != nil {
		t.Skip("needs ndiff: apt-get install ndiff")
	}
	name := filepath.Join(t.TempDir(), "scan.xml")
	if err := os.WriteFile(name, written(t, hostileBanner), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := filepath.Abs(filepath.Join("testdata", "nmap-sv.xml"))
	if err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(ndiff, "--text", other, name).CombinedOutput() // exits with 1 where the two differ
	for _, want := range []string{"+lab.example (192.0.2.7):", "+Not shown: 7 closed ports, 3 filtered ports", "+22/tcp open          ssh       OpenSSH 9.2p1", "ssl/http"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func FuzzWriteXML(f *testing.F) {
	f.Add(hostileBanner)
	f.Fuzz(func(t *testing.T, banner string) {
		text := written(t, banner)
		if !utf8.Valid(text) {
			t.Error("it is no UTF-8")
		}
		d := xml.NewDecoder(bytes.NewReader(text))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
	})
}
