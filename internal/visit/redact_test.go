package visit

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

func TestRedact(t *testing.T) {
	for _, c := range []struct{ said, want string }{
		{"GET / HTTP/1.1\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nHost: a\r\n", "GET / HTTP/1.1\r\nAuthorization: Basic ***\r\nHost: a\r\n"},
		{"GET / HTTP/1.1\r\nPROXY-authorization:bearer abc.def\r\n", "GET / HTTP/1.1\r\nPROXY-authorization:bearer ***\r\n"},
		{"GET / HTTP/1.1\r\nAuthorization: secret", "GET / HTTP/1.1\r\nAuthorization: ***"},
		{"USER root\r\nPASS hunter2 \r\nQUIT\r\n", "USER root\r\nPASS ***\r\nQUIT\r\n"},
		{"user root\npass hunter2", "user root\npass ***"},
		{"APOP smith c4c9334bac560ecc979e58001b3e22fb\r\n", "APOP smith ***\r\n"},
		{"a1 LOGIN smith sesame\r\na2 SELECT INBOX\r\n", "a1 LOGIN smith ***\r\na2 SELECT INBOX\r\n"},
		{"a1 login \"the smith\" \"open sesame\"\r\n", "a1 login \"the smith\" ***\r\n"},
		{"a1 LOGIN smith {6}\r\nsesame\r\n", "a1 LOGIN smith ***\r\n"},
		{"a1 LOGIN {5}\r\nsmith {6}\r\nsesame\r\n", "a1 LOGIN {5}\r\n***"},
		{"a1 AUTHENTICATE PLAIN AHNtaXRoAHNlc2FtZQ==\r\n", "a1 AUTHENTICATE PLAIN ***\r\n"},
		{"a1 AUTHENTICATE PLAIN\r\nAHNtaXRoAHNlc2FtZQ==\r\n", "a1 AUTHENTICATE PLAIN\r\n***\r\n"},
		{"EHLO a\r\nAUTH PLAIN AHNtaXRoAHNlc2FtZQ==\r\n", "EHLO a\r\nAUTH PLAIN ***\r\n"},
		{"EHLO a\r\nAUTH LOGIN\r\nc21pdGg=\r\nc2VzYW1l\r\nMAIL\r\n", "EHLO a\r\nAUTH LOGIN\r\n***\r\n***\r\nMAIL\r\n"},
		{"AUTH sesame\r\nPING\r\n", "AUTH ***\r\nPING\r\n"},
		{"AUTH default sesame\r\n", "AUTH ***\r\n"},
		{"*2\r\n$4\r\nAUTH\r\n$6\r\nsesame\r\n", "*2\r\n$4\r\nAUTH\r\n$6\r\n***\r\n"},
		{"*3\r\n$4\r\nauth\r\n$5\r\nsmith\r\n$6\r\nsesame\r\n", "*3\r\n$4\r\nauth\r\n$5\r\n***\r\n$6\r\n***\r\n"},
		{"HELLO 3 AUTH smith sesame\r\n", "HELLO 3 AUTH ***\r\n"},
		{"CONFIG SET requirepass sesame\r\n", "CONFIG SET requirepass ***\r\n"},
		{"POST /login HTTP/1.1\r\n\r\nuser=smith&password=sesame&x=1", "POST /login HTTP/1.1\r\n\r\nuser=smith&password=***&x=1"},
		{`{"username":"smith","password":"ses\"ame"}`, `{"username":"smith","password":"***"}`},
		{"GET http://smith:sesame@host/ HTTP/1.1\r\n", "GET http://smith:***@host/ HTTP/1.1\r\n"},
		{"\xff\xfb\x18root\r\nsesame\r\nenable\r\n", "\xff\xfb\x18root\r\n***\r\n***\r\n"},
		{"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n"},
		{"", ""},
	} {
		login := strings.HasPrefix(c.said, "\xff")
		if got := string(Redact([]byte(c.said), login)); got != c.want {
			t.Errorf("%q: %q, not %q", c.said, got, c.want)
		}
	}
}

func TestPreview(t *testing.T) {
	for _, c := range []struct {
		said string
		most int
		want string
	}{
		{"a\x00\x1b[31m\xff\\\r\n\t~\x7f", 100, `a\x00\x1b[31m\xff\\\r\n\t~\x7f`},
		{"\u202eevil\u200b", 100, `\xe2\x80\xaeevil\xe2\x80\x8b`},
		{strings.Repeat("a", 50), 20, strings.Repeat("a", 17) + "..."},
		{"PASS " + strings.Repeat("x", 4000), 30, "PASS ***"},
		{"abc", 2, ".."},
	} {
		if got := Preview([]byte(c.said), c.most); got != c.want || len(got) > c.most {
			t.Errorf("%q: %q", c.said, got)
		}
	}
}

// What is stored is what came; what is shown has no password in it.
func TestPasswordsAreNotShown(t *testing.T) {
	snmp := "0*\x02\x01\x01\x04\x07hunter2\xa1\x1c\x02\x04\x01\x02\x03\x04\x02\x01\x00\x02\x01\x000\x0e0\x0c\x06\x08+\x06\x01\x02\x01\x01\x01\x00\x05\x00"
	for name, words := range map[string]struct {
		port uint16
		said string
	}{
		"snmp":          {161, snmp},
		"http query":    {80, "GET /login?user=a&password=hunter2secret HTTP/1.1\r\nHost: a\r\n\r\n"},
		"ftp":           {21, "USER a\r\nPASS hunter2secret\r\n"},
		"http":          {80, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic hunter2secret\r\n\r\n"},
		"bot on telnet": {23, "root\r\nhunter2secret\r\nsh\r\n"},
		"telnet":        {9999, "\xff\xfb\x18\xff\xfb\x1froot\r\nhunter2secret\r\n"},
		"etos":          {377, "root\r\nhunter2secret\r\n"},
		"redis":         {6379, "*2\r\n$4\r\nAUTH\r\n$13\r\nhunter2secret\r\n"},
	} {
		l := newLog(Options{})
		w := Words{At: dawn, Source: addrPort(stranger), Dest: addrPort(ghost), Bytes: []byte(words.said)}
		w.Dest = portOf(w.Dest, words.port)
		if words.port == 161 {
			w.Transport = portolan.UDP
		}
		l.Words(w)
		v := l.only(t)
		if string(v.Payloads[0].Data) != words.said {
			t.Errorf("%s: what is stored is %q", name, v.Payloads[0].Data)
		}
		shown, err := v.Redacted().JSON("test")
		if err != nil || strings.Contains(string(shown), "hunter2") {
			t.Errorf("%s: %s", name, shown)
		}
		if as, err := json.Marshal(ECS(v)); err != nil || strings.Contains(string(as), "hunter2") {
			t.Errorf("%s: %s", name, as)
		}
		if name == "snmp" && v.Payloads[0].Protocol != "snmp" {
			t.Errorf("not known as SNMP: %+v", v.Payloads)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add([]byte("USER a\r\nPASS b\r\n"))
	f.Add([]byte("\xff\xfa\x18\x00X\xff\xf0root\r\nx\r\n"))
	f.Add([]byte("a LOGIN {3}\r\nabc {3}\r\ndef"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, login := range []bool{false, true} {
			Redact(b, login)
			shown := preview(b, 64, login)
			if len(shown) > 64 {
				t.Errorf("%d characters", len(shown))
			}
			for _, c := range []byte(shown) {
				if c < 0x20 || c > 0x7e {
					t.Errorf("%q", shown)
				}
			}
		}
	})
}

func BenchmarkPreview(b *testing.B) {
	words := captured(b, "curl-http")[2].Payload
	b.ReportAllocs()
	for b.Loop() {
		Preview(words, mostPreview)
	}
}
