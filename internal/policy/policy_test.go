package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
)

const sample = `# our chart
[[port]]
number = 8443
service = "admin"
owner = "platform team"
programs = ["nginx", "/opt/admin/bin/*"]
exposure = "private"

[[port]]
number = "9000-9010"
transport = ["tcp", "udp"]
service = "lab"
user = "lab"
`

func TestParse(t *testing.T) {
	p, err := Parse("/etc/portolan/portolan.toml", []byte(sample))
	if err != nil || len(p.Ports) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	a, b := p.Ports[0], p.Ports[1]
	if a.Span.First != 8443 || a.Transports[0] != portolan.TCP || a.Service != "admin" || !a.HasExposure || a.Exposure != judge.Private || len(a.Programs) != 2 || a.Place != "portolan.toml:2" {
		t.Errorf("%+v", a)
	}
	if b.Span.Last != 9010 || len(b.Transports) != 2 || b.User != "lab" || b.HasExposure || b.Place != "portolan.toml:9" {
		t.Errorf("%+v", b)
	}
}

// Each fault is named with its line and key.
func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		text, key, says string
		line            int
	}{
		{"[[port]]\nnumber = 70000\nservice = \"x\"\n", "port.number", "no port", 2},
		{"[[port]]\nservice = \"x\"\n", "port.number", "needs a number", 1},
		{"[[port]]\nnumber = \"90-80\"\nservice = \"x\"\n", "port.number", "backwards", 2},
		{"[[port]]\nnumber = true\nservice = \"x\"\n", "port.number", "no port", 2},
		{"[[port]]\nnumber = 80\n\ntransport = \"tpc\"\nservice = \"x\"\n", "port.transport", "no transport", 4},
		{"[[port]]\nnumber = 80\n", "port.service", "what the port is for", 1},
		{"[[port]]\nnumber = 80\nservice = \"x\"\nexposure = \"wide\"\n", "port.exposure", "no exposure", 4},
		{"[[port]]\nnumber = 80\nservice = \"x\"\nprograms = [\"[\"]\n", "port.programs", "no pattern", 4},
		{"[[port]]\nnumber = 80\nservice = \"x\"\nprogram = \"y\"\n", "port.program", "no such key", 4},
		{"[[port]]\nnumber = 80\nservice = \"x\"\n[[port]]\nnumber = 80\nservice = \"y\"\n", "port.number", "declared twice", 5},
		{"[[port]]\nnumber = 80\nservice = 3\n", "port.service", "", 3},
		{"[[port]]\nnumber = 80\nservice = \"x\"\nprograms = \"nginx\"\n", "port.programs", "write a list", 4},
		{"[[port]]\nnumber = 80\nservice = \"x\"\nexposure = 3\n", "port.exposure", "in quotes", 4},
		{"[[port]]\nnumber = [80]\nservice = \"x\"\n", "port.number", "8000-8010", 2},
		{"[[port]]\nnumber = 80\nservice = \"x\"\ntransport = [\"tcp\", 3]\n", "port.transport", "no transport", 4},
		{"[[port]]\nnumber = 80\nservice = \"x\"\ntransport = [\"tcp\", \"tcp\"]\n", "port.number", "declared twice", 2},
		{"[[port]]\nservice = \"x\"\nNUMBER = 70000\n", "port.number", "no port", 3},
		{"[[port]]\nnumber = 80\nnumber = 81\nservice = \"x\"\n", "number", "already", 3},
		{"# ours\nport = [{ number = 70000, service = \"x\" }]\n", "port", "[[port]]", 2},
		{"[port]\nnumber = 80\nservice = \"x\"\n", "port", "[[port]]", 1},
		{"port = 3\n", "port", "[[port]]", 1},
		{"[[port]]\nnumber = 80\nservice = \"x\"\n[port.note]\na = 1\n", "port.note", "in quotes", 4},
		{"[[port]]\nnumber = 80\nservice = \"x\"\nport = 3\n", "port.port", "no such key", 4},
		{"[[port]\n", "", "", 1},
		{"[[ports]]\nnumber = 80\n", "ports", "no such key", 1},
	} {
		_, err := Parse("p.toml", []byte(c.text))
		var e *Error
		if !errors.As(err, &e) || e.Line != c.line || !strings.HasPrefix(e.Key, c.key) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q:\n  %v\n  want line %d, key %q, %q", c.text, err, c.line, c.key, c.says)
		}
	}
}

func TestFind(t *testing.T) {
	files := map[string]string{"/home/u/.config/portolan/portolan.toml": "home", "/conf/portolan/portolan.toml": "xdg", "/etc/xdg/portolan/portolan.toml": "system", "/etc/portolan/portolan.toml": "etc"}
	read := func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR} // no such file, in other words
	}
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"HOME": "/home/u"}, "home"},
		{map[string]string{"HOME": "/home/u", "XDG_CONFIG_HOME": "/conf"}, "xdg"},
		{map[string]string{"HOME": "/home/u", "XDG_CONFIG_HOME": "relative"}, "home"},
		{map[string]string{"HOME": "/nowhere"}, "system"},
		{map[string]string{"XDG_CONFIG_DIRS": "/nowhere:rel"}, "etc"},
	} {
		_, data, err := Find(func(k string) string { return c.env[k] }, read)
		if err != nil || string(data) != c.want {
			t.Errorf("%v: %q, %v; want %q", c.env, data, err, c.want)
		}
	}
	if name, data, err := Find(func(string) string { return "" }, func(string) ([]byte, error) { return nil, fs.ErrNotExist }); name != "" || data != nil || err != nil {
		t.Errorf("no file: %q %q %v", name, data, err)
	}
	if _, _, err := Find(func(string) string { return "" }, func(string) ([]byte, error) { return nil, fs.ErrPermission }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a file that may not be read: %v", err)
	}
}

// What is too large is refused unread; a chart of thousands keeps its lines.
func TestParseLarge(t *testing.T) {
	if _, err := Parse("p.toml", make([]byte, maxSize+1)); err == nil || !strings.Contains(err.Error(), "p.toml") {
		t.Errorf("%d bytes: %v", maxSize+1, err)
	}
	var b strings.Builder
	for n := range 1 << 14 {
		fmt.Fprintf(&b, "[[port]]\nnumber = %d\nservice = \"x\"\n", n)
	}
	p, err := Parse("p.toml", []byte(b.String()))
	if err != nil || len(p.Ports) != 1<<14 || p.Ports[100].Place != "p.toml:301" {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("[[port]]\nnumber = 1.5\n"))
	f.Add([]byte("port = 3"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse("fuzz.toml", b)
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.File != "fuzz.toml") {
			t.Errorf("an error that names no file: %v", err)
		}
		if err == nil {
			for _, d := range p.Ports {
				if d.Span.Len() < 1 || len(d.Transports) == 0 || d.Service == "" {
					t.Errorf("%+v", d)
				}
			}
		}
	})
}
