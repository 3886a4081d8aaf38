package protocol

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// transcript is something really said, and what it must be known as. A file of
// testdata/answers holds one protocol's, blocks of "name: value" lines with an
// empty line between them; testdata/README.md gives the names.
type transcript struct {
	place  string
	client bool
	said   Said
	// want is "redis certain product=Redis version=7.0.15 auth=required", or "nothing".
	want string
}

func readTranscripts(t testing.TB) []transcript {
	t.Helper()
	files, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	var all []transcript
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		cur, open := transcript{}, false
		for i, line := range append(strings.Split(string(text), "\n"), "") {
			place := fmt.Sprintf("%s:%d", filepath.Base(name), i+1)
			if strings.HasPrefix(line, "#") {
				continue
			}
			if line == "" {
				if open {
					if cur.want == "" || len(cur.said.Data) == 0 {
						t.Fatalf("%s: a block needs data and want", cur.place)
					}
					all = append(all, cur)
				}
				cur, open = transcript{}, false
				continue
			}
			if !open {
				cur.place, open = place, true
			}
			key, value, ok := strings.Cut(line, ": ")
			if !ok {
				t.Fatalf("%s: %q is no \"name: value\"", place, line)
			}
			if err := cur.set(key, value); err != nil {
				t.Fatalf("%s: %v", place, err)
			}
		}
	}
	return all
}

func (c *transcript) set(key, value string) (err error) {
	switch key {
	case "by": // the program and its version, the system, the date
	case "client":
		c.client = true
	case "transport":
		c.said.Transport, err = portolan.ParseTransport(value)
	case "question":
		if c.said.Question = value; question(value) == nil {
			err = fmt.Errorf("no question %q in the table", value)
		}
	case "nonce":
		_, err = hex.Decode(c.said.Nonce[:], []byte(value))
	case "tls":
		c.said.InTLS = true
		if value != "yes" {
			c.said.ALPN = value
		}
	case "closed":
		c.said.Closed = true
	case "asked":
		c.said.Asked, err = add(c.said.Asked, value)
	case "data":
		c.said.Data, err = add(c.said.Data, value)
	case "want":
		c.want = value
	default:
		err = fmt.Errorf("no field %q", key)
	}
	return err
}

// add appends a quoted Go string, so that a long answer may stand on many lines.
func add(b []byte, quoted string) ([]byte, error) {
	s, err := strconv.Unquote(quoted)
	return append(b, s...), err
}

func question(name string) *Question {
	for i := range Table {
		for k := range Table[i].Questions {
			if q := &Table[i].Questions[k]; q.Name == name {
				return q
			}
		}
	}
	return nil
}

// show writes a match as a transcript's want does, with the details that want names.
func show(found []Match, want string) string {
	if len(found) == 0 {
		return "nothing"
	}
	var all []string
	for _, m := range found {
		s := m.Protocol + " " + m.Strength.String()
		if m.Product != "" {
			s += " product=" + strings.ReplaceAll(m.Product, " ", "_")
		}
		if m.Version != "" {
			s += " version=" + strings.ReplaceAll(m.Version, " ", "_")
		}
		for _, d := range m.Details {
			if strings.Contains(want, " "+d.Name+"=") {
				s += " " + d.Name + "=" + strings.ReplaceAll(d.Value, " ", "_")
			}
		}
		all = append(all, s)
	}
	return strings.Join(all, " | ")
}

func recogniseSide(c transcript) []Match {
	if c.client {
		return RecogniseOpening(c.said)
	}
	return Recognise(c.said)
}

func TestTranscripts(t *testing.T) {
	said := map[string]bool{}
	for _, c := range readTranscripts(t) {
		found := recogniseSide(c)
		if got := show(found, c.want); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.place, got, c.want)
		}
		for _, m := range found {
			said[m.Protocol+strconv.FormatBool(c.client)] = true
			if m.Kind == "" || m.Strength == 0 || len(m.Basis(c.said)) == 0 {
				t.Errorf("%s: %s rests on nothing: %+v", c.place, m.Protocol, m)
			}
		}
	}
	for _, p := range Table {
		if p.Answer != nil && !said[p.Name+"false"] {
			t.Errorf("%s: no transcript of a server's answer", p.Name)
		}
		if p.Opening != nil && !said[p.Name+"true"] {
			t.Errorf("%s: no transcript of a client's opening", p.Name)
		}
	}
}

// TestMatrix gives each protocol's answer to every question of every other: it
// must be known as itself or not at all.
func TestMatrix(t *testing.T) {
	var names []string
	for _, p := range Table {
		for _, q := range p.Questions {
			names = append(names, q.Name)
		}
	}
	names = append(names, "")
	given := 0
	for _, c := range readTranscripts(t) {
		own, _, _ := strings.Cut(c.want, " ")
		for _, name := range names {
			for _, inTLS := range []bool{false, true} {
				asked := c
				asked.said.Question, asked.said.InTLS = name, inTLS
				given++
				for _, m := range recogniseSide(asked) {
					if m.Protocol != own && !outranked(own, m.Protocol) {
						t.Errorf("%s: what %s said is taken for %s when it answers %q (tls %t)", c.place, own, m.Protocol, name, inTLS)
					}
				}
			}
		}
	}
	t.Logf("%d answers given to %d questions", given, len(names))
}

// outranked reports whether p's own match would void or contain other.
func outranked(own, other string) bool {
	p, ok := Named(own)
	return ok && p.Overrules(other)
}

// TestNothing says what belongs to no protocol.
func TestNothing(t *testing.T) {
	noise := []string{
		"\x00", "\n", "\r\n", "OK\r\n", "ERROR\r\n", "hello\r\n", "220 \r\n", "\xff", "\x15\x03", "HTTP", "200 OK\r\n",
		strings.Repeat("A", 4096), strings.Repeat("\x00", 4096), strings.Repeat("\xff", 4096),
		"It was the best of times, it was the worst of times.\r\n", "version 1.2.3\r\n",
		"GET / HTTP/1.0\r\n\r\n", "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n",
		"\x1b[31mroot\x1b[0m\r\n", "<html><body>hi</body></html>", "{}", "{\"a\":1}\n", "login: ", "Password: ",
	}
	for _, p := range Table {
		for _, q := range append([]Question{{}}, p.Questions...) {
			for _, text := range noise {
				for _, tr := range []portolan.Transport{portolan.TCP, portolan.UDP} {
					s := Said{Transport: tr, Question: q.Name, Data: []byte(text)}
					for _, m := range Recognise(s) {
						t.Errorf("%q answers %q: taken for %s (%s)", text, q.Name, m.Protocol, m.Strength)
					}
				}
			}
			// An echo of the question is no answer to it, but to the one question of
			// the protocol that echoes.
			if q.Bytes != nil && p.Name != "echo" {
				ask := Ask{Agent: "portolan", Host: "192.0.2.1", Port: 378}
				s := Said{Transport: q.Transport, Question: q.Name, Data: q.Bytes(ask)}
				s.Asked = s.Data
				for _, m := range Recognise(s) {
					t.Errorf("%s echoed: taken for %s (%s)", q.Name, m.Protocol, m.Strength)
				}
			}
		}
	}
}

// mostAsked is how long a question may be: one datagram, or RTMP's 1,537 bytes,
// behind which alone its servers speak.
var mostAsked = map[portolan.Transport]int{portolan.TCP: 1600, portolan.UDP: 1400}

// TestTable holds what every row promises.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	if !slices.IsSortedFunc(Table, func(a, b Protocol) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the table is not in the order of its names")
	}
	for _, p := range Table {
		if p.Name == "" || p.Title == "" || p.Source == "" || seen[p.Name] {
			t.Errorf("%q: needs a name of its own, a title and a source", p.Name)
		}
		seen[p.Name] = true
		if p.Answer == nil && p.Silent == "" && p.Opening == nil {
			t.Errorf("%s: knows nothing and does not say why", p.Name)
		}
		for i, name := range slices.Concat(p.Services, p.TLSServices) {
			if slices.Index(slices.Concat(p.Services, p.TLSServices), name) != i {
				t.Errorf("%s: %s is named twice", p.Name, name)
			}
		}
		for _, o := range append([]string{p.Over}, p.Outranks...) {
			if _, ok := Named(o); o != "" && !ok {
				t.Errorf("%s: no protocol %q", p.Name, o)
			}
		}
		for _, q := range p.Questions {
			if seen["? "+q.Name] || q.Name == "" || q.Bytes == nil {
				t.Errorf("%s: question %q needs bytes and a name of its own", p.Name, q.Name)
				continue
			}
			seen["? "+q.Name] = true
			b := q.Bytes(Ask{Agent: "portolan", Host: "192.0.2.1", Port: 378})
			if len(b) == 0 && q.Next == nil || len(b) > mostAsked[q.Transport] {
				t.Errorf("%s: question %s has %d bytes", p.Name, q.Name, len(b))
			}
			for _, a := range q.After {
				if _, ok := Named(a); !ok {
					t.Errorf("%s: no protocol %q", q.Name, a)
				}
			}
			if q.When == Anywhere && q.Rank == 0 && len(q.After) == 0 {
				t.Errorf("%s: asked anywhere, but in no order", q.Name)
			}
		}
	}
}

// fuzzProtocol gives a protocol's recognisers hostile bytes: whatever they
// say, they name what they rest on, keep within their bounds and do not panic.
func fuzzProtocol(f *testing.F, p *Protocol) {
	for _, c := range readTranscripts(f) {
		if own, _, _ := strings.Cut(c.want, " "); own == p.Name {
			f.Add(c.said.Data, c.said.Question, c.said.Nonce[:], c.said.Transport == portolan.UDP)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, question string, nonce []byte, udp bool) {
		if len(data) == 0 || len(data) > MostKept {
			return
		}
		s := Said{Question: question, Data: data, Asked: []byte("GET / HTTP/1.0\r\n\r\n")}
		copy(s.Nonce[:], nonce)
		if udp {
			s.Transport = portolan.UDP
		}
		for _, f := range []func(Said) (Match, bool){p.Answer, p.Opening} {
			if f == nil {
				continue
			}
			m, ok := f(s)
			if !ok {
				continue
			}
			if m.Strength < Hint || m.Strength > Certain || m.Kind == "" || m.From < 0 || m.To <= m.From || m.To > len(data) {
				t.Errorf("a match without a basis: %+v of %d bytes", m, len(data))
			}
			if len(m.Details) > 32 || len(m.Product) > MostKept || len(m.Version) > MostKept {
				t.Errorf("a match without bounds: %+v", m)
			}
		}
		for _, q := range p.Questions {
			if q.Next == nil {
				continue
			}
			for step := 1; step < 4; step++ {
				if b := q.Next(s, step); len(b) > mostAsked[q.Transport] {
					t.Errorf("%s: step %d has %d bytes", q.Name, step, len(b))
				}
			}
		}
	})
}
