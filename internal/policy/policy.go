// Package policy reads a user's portolan.toml, the chart of the ports that they
// have assigned on their own hosts, into a judge.Policy. docs/formats/policy.md
// describes the file.
//
// Find looks for the file, Parse reads it. An [Error] names the file, the line
// and the key that is wrong. Nothing but the file is read, and nothing in it is
// run or looked up.
package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
)

// Error says where a policy file is wrong.
type Error struct {
	File string
	Line int    // 0 where the file as a whole is meant
	Key  string // "port.number", "" where the syntax is wrong
	Err  error
}

func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if e.Key != "" {
		s += ": " + e.Key
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// maxSize bounds what is read: a chart of every port would fit.
const maxSize = 8 << 20

// file is the form of the TOML.
type file struct {
	Port []entry `toml:"port"`
}

type entry struct {
	Number    any      `toml:"number"` // 8443 or "8000-8010"
	Transport any      `toml:"transport"`
	Service   string   `toml:"service"`
	Owner     string   `toml:"owner"`
	User      string   `toml:"user"`
	Programs  []string `toml:"programs"`
	Exposure  string   `toml:"exposure"`
	Note      string   `toml:"note"`
}

// Parse reads a policy. name is the file's, for errors and for the reasons of
// findings.
func Parse(name string, data []byte) (*judge.Policy, error) {
	if len(data) > maxSize {
		return nil, &Error{File: name, Err: fmt.Errorf("%d bytes are more than a policy may have (%d)", len(data), maxSize)}
	}
	lines, otherForm := keyLines(data)
	if otherForm > 0 {
		return nil, &Error{name, otherForm, "port", errors.New("write each declaration below a [[port]] of its own")}
	}
	var f file
	d := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, faultOf(name, err)
	}
	p := &judge.Policy{Name: name}
	first := places{}
	for i, e := range f.Port {
		at := func(key string) int {
			if i >= len(lines) {
				return 0
			}
			return cmp.Or(lines[i][key], lines[i][""])
		}
		decl, key, err := e.declaration()
		if err == nil {
			decl.Place = fmt.Sprintf("%s:%d", path.Base(name), at(""))
			key, err = "number", first.take(decl)
		}
		if err != nil {
			return nil, &Error{name, at(key), "port." + key, err}
		}
		p.Ports = append(p.Ports, decl)
	}
	return p, nil
}

// forms says how the value of a key is written.
var forms = map[string]string{
	"number": `write 8443 or "8000-8010"`, "transport": `write "tcp" or ["tcp", "udp"]`, "programs": `write a list, ["nginx"]`,
	"service": "write text in quotes", "owner": "write text in quotes", "user": "write text in quotes",
	"exposure": "write text in quotes", "note": "write text in quotes",
}

// faultOf takes line and key out of the library's errors.
func faultOf(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		line, _ := strict.Errors[0].Position()
		key := strings.Join(strict.Errors[0].Key(), ".")
		return &Error{name, line, key, errors.New("no such key: a [[port]] has number, transport, service, owner, user, programs, exposure and note")}
	}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		line, _ := de.Position()
		text := strings.TrimPrefix(de.Error(), "toml: ")
		if key := de.Key(); strings.HasPrefix(text, "cannot ") && len(key) == 2 && forms[key[1]] != "" {
			text = "the value is of another kind: " + forms[key[1]] // the library names types of ours
		}
		return &Error{name, line, strings.Join(de.Key(), "."), errors.New(text)}
	}
	return &Error{File: name, Err: err}
}

// declaration checks one [[port]]; key names what is wrong.
func (e entry) declaration() (d judge.Declaration, key string, err error) {
	d = judge.Declaration{Service: e.Service, Owner: e.Owner, User: e.User, Programs: e.Programs, Note: e.Note}
	if d.Span, err = number(e.Number); err != nil {
		return d, "number", err
	}
	if d.Transports, err = transports(e.Transport); err != nil {
		return d, "transport", err
	}
	if e.Service == "" {
		return d, "service", errors.New("say what the port is for")
	}
	for _, pattern := range e.Programs {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return d, "programs", fmt.Errorf("%q is no pattern of a program: write its name, or the path of its file, with * for any text", pattern)
		}
	}
	if e.Exposure != "" {
		d.HasExposure = true
		if d.Exposure, err = judge.ParseExposure(e.Exposure); err != nil {
			return d, "exposure", err
		}
	}
	return d, "", nil
}

func number(v any) (portolan.Span, error) {
	switch n := v.(type) {
	case int64:
		if n < 0 || n > 65535 {
			return portolan.Span{}, fmt.Errorf("%d is no port: 0 to 65535", n)
		}
		return portolan.Span{First: uint16(n), Last: uint16(n)}, nil
	case string:
		return portolan.ParseSpan(n)
	case nil:
		return portolan.Span{}, errors.New("a [[port]] needs a number")
	}
	return portolan.Span{}, fmt.Errorf("%v is no port: write 8443 or \"8000-8010\"", v)
}

// transports reads "tcp" or ["tcp", "udp"]; nothing means tcp.
func transports(v any) ([]portolan.Transport, error) {
	var names []any
	switch t := v.(type) {
	case nil:
		return []portolan.Transport{portolan.TCP}, nil
	case string:
		names = []any{t}
	case []any:
		names = t
	}
	var all []portolan.Transport
	for _, n := range names {
		s, _ := n.(string)
		t, err := portolan.ParseTransport(s)
		if err != nil || t == portolan.NCP {
			return nil, fmt.Errorf("%v is no transport: use tcp, udp, sctp or dccp", n)
		}
		all = append(all, t)
	}
	if len(all) == 0 {
		return nil, errors.New("write \"tcp\" or [\"tcp\", \"udp\"]")
	}
	return all, nil
}

// places keeps where each span of a transport is declared.
type places map[placed]string

type placed struct {
	portolan.Span
	portolan.Transport
}

// take refuses a second declaration of the very same ports; a narrower one
// inside a span is an exception to it and allowed.
func (all places) take(d judge.Declaration) error {
	for _, t := range d.Transports {
		if first := all[placed{d.Span, t}]; first != "" {
			return fmt.Errorf("%s/%s is declared twice: first at %s", d.Span, t, first)
		}
		all[placed{d.Span, t}] = d.Place
	}
	return nil
}
