package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/scanfile"
)

// judgeTexts runs the command over texts, which are the files f0, f1 and so on.
func judgeTexts(t *testing.T, args string, texts ...string) outcome {
	t.Helper()
	e := testEnv(append([]string{"judge"}, strings.Fields(args)...)...)
	files := map[string]string{}
	for i, text := range texts {
		name := "f" + string(rune('0'+i))
		files[name] = text
		e.Args = append(e.Args, name)
	}
	e.Open = func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(files[name])), nil
	}
	return e.run()
}

func judgeJSON(t *testing.T, args string, texts ...string) judgeDocument {
	t.Helper()
	got := judgeTexts(t, args+" --json --fail-on never", texts...)
	var v any
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		t.Fatal(err, got.errors)
	}
	if err := strictSchema(t, "judge").Validate(v); err != nil {
		t.Error(err)
	}
	noTerminalOrders(t, "judge --json", got.out+got.errors)
	var d judgeDocument
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// judgeDocument is the JSON of the verdicts on files.
type judgeDocument struct {
	Schema      string        `json:"schema"`
	DataVersion string        `json:"data_version"`
	Files       []heardFile   `json:"files"`
	Results     []judgeResult `json:"results"`
	Summary     judgeSummary  `json:"summary"`
}

func nmapPort(port, service string) string {
	return `<nmaprun scanner="nmap" version="7"><host><address addr="192.0.2.2" addrtype="ipv4"/><ports><port protocol="tcp" portid="` + port +
		`"><state state="open" reason="syn-ack"/>` + service + `</port></ports></host></nmaprun>`
}

func TestJudgeWeighsTheWord(t *testing.T) {
	for _, c := range []struct{ port, service, verdict, says string }{
		{"22", `<service name="ssh" method="table" conf="3"/>`, "unknown", `"ssh" is from a table of port numbers`},
		{"22", `<service name="ssh" method="probed" conf="10"/>`, "as-assigned", "nmap said that it answers in SSH: what 22/tcp is assigned for"},
		{"443", `<service name="http" tunnel="ssl" method="probed" conf="10"/>`, "as-assigned", "HTTP in TLS"},
		{"443", `<service name="https" tunnel="ssl" method="table" conf="3"/>`, "unknown", "it speaks TLS, and no word of what is inside"},
		{"3389", `<service name="ms-wbt-server" method="probed" conf="10"/>`, "as-assigned", "nmap said"},
		{"445", `<service name="netbios-ssn" product="Samba smbd" method="probed" conf="10"/>`, "as-assigned", "nmap said"},
		{"513", `<service name="login" method="probed" conf="10"/>`, "as-assigned", `nmap calls it "login"`},
		{"80", `<service name="nosuch" method="probed" conf="10"/>`, "unknown", `it is "nosuch", a name that portolan does not know`},
		{"80", `<service name="tcpwrapped" method="probed" conf="8"/>`, "unknown", "closes at once"},
		{"80", `<service name="http" servicefp="SF-Port80" method="table" conf="3"/>`, "unknown", "it answers, and what that is has no name"},
		{"80", "", "unknown", "no word of what is spoken"},
		{"50000", `<service name="ssh" method="probed" conf="10"/>`, "ephemeral", "dynamic"},
	} {
		d := judgeJSON(t, "", nmapPort(c.port, c.service))
		if len(d.Results) != 1 {
			t.Fatalf("%d results", len(d.Results))
		}
		var all []string
		for _, r := range d.Results[0].Reasons {
			all = append(all, r.Text)
		}
		if got := d.Results[0]; string(*got.Verdict) != c.verdict || !strings.Contains(strings.Join(all, "\n"), c.says) || deref(got.By) != "nmap" {
			t.Errorf("%s %s: %s\n%s", c.port, c.service, *got.Verdict, strings.Join(all, "\n"))
		}
	}
}

// What several files say of a port is taken together: open is open, what was
// asked counts more than a guess, and who contradicts is named.
func TestJudgeJoinsFiles(t *testing.T) {
	closed := strings.Replace(nmapPort("22", ""), `state="open"`, `state="closed"`, 1)
	guess := nmapPort("22", `<service name="ssh" method="table" conf="3"/>`)
	masscan := `{"ip":"192.0.2.2","port":22,"proto":"tcp","rec_type":"banner","data":{"service_name":"ssh","banner":"SSH-2.0-OpenSSH_9.2p1"}}`
	naabu := `{"ip":"192.0.2.2","host":"lab","port":22,"protocol":"tcp","name":"redis","method":"probed"}`
	d := judgeJSON(t, "", closed, guess, masscan, naabu)
	if len(d.Results) != 1 || d.Summary.Ports != 1 || d.Summary.Open != 1 || len(d.Files) != 4 {
		t.Fatalf("got %+v", d.Summary)
	}
	got := d.Results[0]
	if deref(got.Protocol) != "ssh" || deref(got.Version) != "9.2p1" || deref(got.By) != "masscan" || len(got.Also) != 1 || got.Also[0] != "redis" || deref(got.Name) != "lab" || len(got.Said) != 3 {
		t.Errorf("got %+v", got)
	}
}

// A port that a file speaks of without end takes the room of a few rows.
func TestJudgeKeepsLittle(t *testing.T) {
	line := `{"ip":"192.0.2.2","port":22,"protocol":"tcp"}` + "\n"
	named := `{"ip":"192.0.2.2","port":22,"protocol":"tcp","name":"ssh","method":"probed"}` + "\n"
	d := judgeJSON(t, "", strings.Repeat(line, 1000)+named)
	if got := d.Results[0]; len(got.Said) != mostSaid || deref(got.Protocol) != "ssh" || d.Files[0].Rows != 1001 {
		t.Errorf("%d rows are kept, protocol %q", len(got.Said), deref(got.Protocol))
	}
}

func TestJudgeHostileTexts(t *testing.T) {
	evil := `\u001b[2J\u202e\u0000`
	text := `{"ip":"192.0.2.2","host":"` + evil + `","port":22,"protocol":"tcp","name":"` + evil + `","product":"` + evil + `","method":"probed"}`
	for _, args := range []string{"--color never", "--json", "--format csv", "--format ndjson", "--format tsv"} {
		e := testEnv(append([]string{"judge", "-", "--no-pager"}, strings.Fields(args)...)...)
		e.Stdin, e.OutTerminal = strings.NewReader(text), true
		got := e.run()
		noTerminalOrders(t, "judge "+args, got.out+got.errors)
		if got.out == "" {
			t.Errorf("%s printed nothing: %s", args, got.errors)
		}
	}
}

// The page of a judgement fits a terminal of 80 columns.
func TestJudgePageFits(t *testing.T) {
	for _, name := range []string{"nmap-sv.xml", "nmap-ss.xml", "masscan.json", "zgrab2.jsonl", "portolan.json"} {
		e := testEnv("judge", "-", "--color", "never", "--no-pager")
		text, err := os.ReadFile(filepath.Join(scans, name))
		if err != nil {
			t.Fatal(err)
		}
		e.Stdin, e.OutTerminal = strings.NewReader(string(text)), true
		for line := range strings.Lines(e.run().out) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
				t.Errorf("%s: %d columns: %q", name, n, line)
			}
		}
	}
}

// What a probe writes as XML is read again with the same verdicts.
func TestProbeXML(t *testing.T) {
	name := filepath.Join(t.TempDir(), "scan.xml")
	for _, format := range []string{"table", "ndjson"} {
		e, _ := probeEnv(t, "lab:22,23,378,80", "--rate", "0", "--fail-on", "never", "--format", format, "--xml", name)
		if got := e.run(); got.code != exitOK || got.out == "" {
			t.Fatalf("exit code %d, %s", got.code, got.errors)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		noTerminalOrders(t, "probe --xml", string(text))
		d := judgeJSON(t, "", string(text))
		if len(d.Results) != 3 || d.Files[0].Scanner != "portolan" || d.Files[0].Counted != 1 || deref(d.Results[0].Name) != "lab" {
			t.Fatalf("%s: %d results, %+v", format, len(d.Results), d.Files)
		}
		for i, want := range []string{"as-assigned", "unknown", "ghost-squatter"} {
			if got := string(*d.Results[i].Verdict); got != want {
				t.Errorf("%s: %d is %s, want %s", format, d.Results[i].Port, got, want)
			}
		}
	}
}

func TestProbeXMLOnStandardOutput(t *testing.T) {
	e, _ := probeEnv(t, "10.9.8.1:22,378", "--rate", "0", "--fail-on", "never", "--xml", "-")
	got := e.run()
	rows := 0
	sum, err := scanfile.Read(strings.NewReader(got.out), func(scanfile.Row) error { rows++; return nil })
	if err != nil || rows != 2 || sum.Cut {
		t.Errorf("%d rows, %+v, %v\n%s", rows, sum, err, got.out)
	}
	e, h := probeEnv(t, "10.9.8.1:22", "--xml", "-", "--json")
	if got := e.run(); got.code != exitUsage || len(h.dialed) > 0 {
		t.Errorf("exit code %d, %s", got.code, got.errors)
	}
}

// The XML of a run that goes on has what the first part found.
func TestProbeXMLResumes(t *testing.T) {
	dir := t.TempDir()
	args := []string{"10.9.8.1:22,23,378", "--rate", "0", "--fail-on", "never", "--resume", filepath.Join(dir, "run"), "--xml", filepath.Join(dir, "scan.xml")}
	for range 2 {
		e, _ := probeEnv(t, args...)
		e.ReadFile = os.ReadFile
		if got := e.run(); got.code != exitOK {
			t.Fatalf("exit code %d, %s", got.code, got.errors)
		}
		f, err := os.Open(filepath.Join(dir, "scan.xml"))
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		sum, err := scanfile.Read(f, func(scanfile.Row) error { rows++; return nil })
		f.Close()
		if err != nil || rows != 2 || sum.Counted != 1 {
			t.Errorf("%d rows, %+v, %v", rows, sum, err)
		}
	}
}
