package visit

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/netlab"
)

func TestDecodeTelnet(t *testing.T) {
	said := "\xff\xfb\x18\xff\xfd\x03\xff\xfa\x18\x00ETOS52-CRT\xff\xf0\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0\xff\xf1hi \xff\xff there\xff\xfc\xc8\xff\xfa\x27\x00\xff\xff\xff\xf0\xff\xee\xff"
	var got []string
	for _, p := range DecodeTelnet([]byte(said)) {
		got = append(got, p.words())
	}
	want := []string{
		"WILL TERMINAL-TYPE", "DO SUPPRESS-GO-AHEAD", "SB TERMINAL-TYPE IS ETOS52-CRT", "SB NAWS 80 columns, 24 lines", "NOP", `hi \xff there`,
		"WONT option 200", `SB NEW-ENVIRON IS \xff`, "ABORT", "IAC (cut)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTranscripts(t *testing.T) {
	for _, c := range []struct {
		name, said string
		port       uint16
		etos       bool
		terminals  string
		note       string
		lines      string
	}{
		{"a terminal of ETOS52", "\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0", 23, true, "ETOS52-CRT", noteTerminal, "WILL TERMINAL-TYPE|SB TERMINAL-TYPE IS ETOS52-CRT"},
		{"in small letters", "\xff\xfb\x18\xff\xfa\x18\x00etos52-spr\xff\xf0", 378, true, "etos52-spr", noteTerminal, "WILL TERMINAL-TYPE|SB TERMINAL-TYPE IS etos52-spr"},
		{"a name that is not on the list", "\xff\xfb\x18\xff\xfa\x18\x00ETOS52-XXX\xff\xf0", 377, false, "ETOS52-XXX", notePort, "WILL TERMINAL-TYPE|SB TERMINAL-TYPE IS ETOS52-XXX"},
		{"an xterm elsewhere", "\xff\xfb\x18\xff\xfa\x18\x00XTERM\xff\xf0", 23, false, "XTERM", "", "WILL TERMINAL-TYPE|SB TERMINAL-TYPE IS XTERM"},
		{"text on 378", "login\r\nsesame\r\nmore\r\n", 378, false, "", notePort, "text: login|text: ***"},
		{"a terminal that is cut", "\xff\xfb\x18\xff\xfa\x18\x00ETOS52-C", 378, false, "", notePort, "WILL TERMINAL-TYPE|SB TERMINAL-TYPE IS ETOS52-C (cut)"},
	} {
		l := newLog(Options{})
		l.Words(Words{At: dawn, Source: addrPort(stranger), Dest: portOf(addrPort(ghost), c.port), Bytes: []byte(c.said)})
		got := l.only(t).Payloads[0].Transcript
		if got == nil || got.ETOS != c.etos || strings.Join(got.Terminals, " ") != c.terminals || got.Note != c.note || strings.Join(got.Lines, "|") != c.lines {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestTelnetLearnsTheTerminal(t *testing.T) {
	var s Telnet
	if string(s.Start()) != "\xff\xfd\x18" {
		t.Fatalf("%q", s.Start())
	}
	for _, step := range []struct{ said, sent string }{
		{"\xff\xfb\x18\xff\xfb\x1f", "\xff\xfa\x18\x01\xff\xf0\xff\xfe\x1f"},
		{"\xff\xfb\x1f", ""}, // refused already
		{"\xff\xfd\x01\xff\xfd\x01", "\xff\xfc\x01"},
		{"root\r\npassword\r\n", ""},
		{"\xff\xfa\x18\x00ETOS", ""},
		{"52-CRT\xff", ""},
		{"\xf0", "\xff\xfa\x18\x01\xff\xf0"},
		{"\xff\xfa\x18\x00VT100\xff\xf0", "\xff\xfa\x18\x01\xff\xf0"},
		{"\xff\xfa\x18\x00VT100\xff\xf0", ""},
		{"\xff\xfb\x18", ""},
	} {
		if got := string(s.Hear([]byte(step.said))); got != step.sent {
			t.Errorf("%q is answered with %q, not %q", step.said, got, step.sent)
		}
	}
	if !s.Done() || !slices.Equal(s.Terminals(), []string{"ETOS52-CRT", "VT100"}) {
		t.Errorf("%v %q", s.Done(), s.Terminals())
	}
	var refuser Telnet
	if refuser.Hear([]byte("\xff\xfc\x18")); !refuser.Done() {
		t.Error("a client that has no name is asked on")
	}
}

// Nothing that a client says makes the listener send without end, hold without
// end, or say anything but refusals and the question for a name.
func sane(t *testing.T, said [][]byte) {
	t.Helper()
	var s Telnet
	sent := 0
	for _, b := range said {
		reply := s.Hear(b)
		sent += len(reply)
		if len(s.held) > mostHeld+len(b) {
			t.Errorf("%d bytes are held", len(s.held))
		}
		for _, p := range DecodeTelnet(reply) {
			isQuestion := p.Verb == "SB" && p.Option == "TERMINAL-TYPE" && p.Text == "\x01"
			if p.Verb != "WONT" && p.Verb != "DONT" && !isQuestion {
				t.Errorf("%q is sent: %+v", reply, p)
			}
		}
	}
	if sent > mostReplies*6 || len(s.terminals) > mostAsks+1 {
		t.Errorf("%d bytes are sent, for %d names", sent, len(s.terminals))
	}
}

func TestTelnetIsBounded(t *testing.T) {
	var all, many [][]byte
	for i := range 256 {
		all = append(all, []byte{iac, will, byte(i), iac, do, byte(i)})
		many = append(many, []byte("\xff\xfb\x18\xff\xfa\x18\x00T"+string(rune('A'+i%26))+string(rune('A'+i/26))+"\xff\xf0"))
	}
	sane(t, all)
	sane(t, many)
	sane(t, [][]byte{append([]byte{iac, telnetSB, terminalType}, bytes.Repeat([]byte("x"), 100000)...)})
}

// A telnet client as people have it, whose terminal is one of ETOS52.
func TestRealClient(t *testing.T) {
	program := netlab.Program(t, "telnet")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	c := exec.Command(program, "-8", host, port)
	c.Env = append(os.Environ(), "TERM=ETOS52-CRT")
	in, err := c.StdinPipe() // open, so that the client stays
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Second))
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	var s Telnet
	var said []byte
	_, _ = conn.Write(s.Start())
	for b := make([]byte, 512); !s.Done(); {
		n, err := conn.Read(b)
		if err != nil {
			t.Fatalf("%v behind %q", err, said)
		}
		said = append(said, b[:n]...)
		_, _ = conn.Write(s.Hear(b[:n]))
	}
	if names := s.Terminals(); len(names) == 0 || !strings.EqualFold(names[0], "ETOS52-CRT") {
		t.Errorf("%q of %q", names, said)
	}
	if transcript := NewTranscript(said, true); !transcript.ETOS || transcript.Note != noteTerminal {
		t.Errorf("%+v", transcript)
	}
}

func FuzzDecodeTelnet(f *testing.F) {
	f.Add([]byte("\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0root\r\nx"))
	f.Add([]byte("\xff\xfa\x18\xff\xff\xff\xf0\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if parts := DecodeTelnet(b); len(parts) > mostParts {
			t.Errorf("%d parts", len(parts))
		}
		for _, line := range NewTranscript(b, true).Lines {
			for _, c := range []byte(line) {
				if c < 0x20 || c > 0x7e {
					t.Errorf("%q", line)
				}
			}
		}
		sane(t, [][]byte{b})
		// Cut anywhere, the same is learnt.
		var whole, cut Telnet
		whole.Hear(b)
		for _, c := range b {
			cut.Hear([]byte{c})
		}
		if len(b) < mostHeld && !slices.Equal(whole.terminals, cut.terminals) {
			t.Errorf("%q and %q", whole.terminals, cut.terminals)
		}
	})
}
