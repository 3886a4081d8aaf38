package scanfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// file is one that is being read.
type file struct {
	src   *source
	yield func(Row) error
	sum   Summary
	seen  map[string]bool // warnings that were given
}

// utf8BOM begins files that a Windows shell has written.
var utf8BOM = []byte("\xef\xbb\xbf")

func (f *file) read() error {
	if err := f.src.unpack(); err != nil {
		return f.fault("", fmt.Errorf("gzip: %w", err), "pack the file again, or unpack it before")
	}
	if head, _ := f.src.r.Peek(len(utf8BOM)); bytes.Equal(head, utf8BOM) {
		_, _ = f.src.r.Discard(len(utf8BOM))
	}
	first, err := f.src.skipSpace()
	switch {
	case err == io.EOF:
		f.early("it is empty: the scanner found nothing, or wrote nothing")
		return nil
	case err != nil:
		return f.fault("", err, "check that the file can be read")
	case first == '<':
		return f.readNmap()
	case first == '{' || first == '[':
		return f.readRecords()
	}
	return f.fault("", errors.New("it is neither XML nor JSON"), "give nmap -oX, masscan -oJ, naabu -json, zgrab2 or portolan probe --json output")
}

// fault is an error at the place that was come to.
func (f *file) fault(field string, err error, next string) *ParseError {
	return &ParseError{Line: f.src.line, Offset: f.src.offset, Field: field, Err: err, Next: next}
}

// early notes that the file ends before it should.
func (f *file) early(text string) {
	f.sum.Cut = true
	f.warn(text)
}

// warn gives a warning once.
func (f *file) warn(text string) {
	if f.seen[text] {
		return
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[text] = true
	f.sum.Warnings = append(f.sum.Warnings, text)
}

// give hands a row over, its texts cut to what is kept.
func (f *file) give(r Row) error {
	for _, s := range []*string{&r.Name, &r.MAC, &r.Reason, &r.Service, &r.Product, &r.Version, &r.Extra, &r.Conduct} {
		*s = cut(*s)
	}
	if r.Service == "" {
		r.Method = Unsaid
	}
	r.Scanner = f.sum.Scanner
	f.sum.Rows++
	return f.yield(r)
}

// cut shortens a text, and copies it, so that it does not hold its record.
func cut(s string) string {
	if len(s) > MostText {
		s = s[:MostText]
	}
	return strings.ToValidUTF8(strings.Clone(s), "\uFFFD")
}

// parseAddr reads an address without a zone, which only one host understands.
// Fuzzed by FuzzRead.
func parseAddr(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return a, fmt.Errorf("%.80q is no address", text)
	}
	return a.Unmap(), nil
}

// parseKey reads a port and a transport. Fuzzed by FuzzRead.
func parseKey(port, transport string) (portolan.Key, error) {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return portolan.Key{}, fmt.Errorf("%.80q is no port", port)
	}
	t, err := portolan.ParseTransport(transport)
	if err != nil {
		return portolan.Key{}, fmt.Errorf("%.80q is no transport", transport)
	}
	return portolan.Key{Port: uint16(n), Transport: t}, nil
}

// parseState reads a state as nmap and masscan write it. Fuzzed by FuzzRead.
func parseState(text string) (State, error) {
	switch text {
	case "open":
		return Open, nil
	case "closed":
		return Closed, nil
	case "filtered", "closed|filtered":
		return Filtered, nil
	case "open|filtered", "unfiltered", "no-answer":
		return NoAnswer, nil
	case "error", "unknown":
		return Failed, nil
	}
	return "", fmt.Errorf("%.80q is no state of a port", text)
}

// ownDocument is the head of a portolan.probe/v1 document, whose results stand in a list.
var ownDocument = regexp.MustCompile(`^\s*\{(?:\s*"[a-z_]+"\s*:\s*"[^"\\]*"\s*,)*\s*"results"\s*:\s*\[`)

// readRecords reads JSON: a list of records, or one after the other. Fuzzed by FuzzRead.
func (f *file) readRecords() error {
	head, _ := f.src.r.Peek(peeked)
	list := head[0] == '['
	if at := ownDocument.FindIndex(head); at != nil {
		list = true
		for range at[1] - 1 {
			if _, err := f.src.ReadByte(); err != nil {
				return f.fault("", err, "")
			}
		}
	}
	if list {
		if _, err := f.src.ReadByte(); err != nil {
			return f.fault("", err, "")
		}
	}
	return f.records(list)
}

// records reads one record after the other. Commas are where masscan leaves
// them when it is stopped: behind the last record.
func (f *file) records(list bool) error {
	var decode func(record) error
	comma := false
	for {
		c, err := f.src.skipSpace()
		switch {
		case err == io.EOF:
			if list {
				f.early("it ends before its list does: the scan was stopped")
			}
			return nil
		case err != nil:
			return f.fault("", err, "check that the file is whole")
		case c == ',' && list && !comma, c == ']' && list:
			f.src.piece()
			_, _ = f.src.ReadByte()
			if comma = true; c == ']' {
				return nil
			}
			continue
		case c != '{':
			return f.fault("", fmt.Errorf("%q where a record should begin", c), "give JSON as the scanner wrote it")
		}
		comma = false
		rec, err := f.record()
		if err == io.EOF {
			f.early("its last record is cut off: the scan was stopped")
			return nil
		}
		if err != nil {
			return f.fault("", err, "give the file as the scanner wrote it; records of this size hold no port")
		}
		if bytes.Equal(rec.text, oldMasscanEnd) {
			continue
		}
		if decode == nil {
			if decode, err = f.decoder(rec); err != nil {
				return err
			}
		}
		if err := decode(rec); err != nil {
			return err
		}
	}
}

// oldMasscanEnd ends the files of masscan before 1.0.6, and is no JSON.
var oldMasscanEnd = []byte("{finished: 1}")

// record is one object of JSON, and where it began.
type record struct {
	text   []byte
	line   int
	offset int64
}

// record takes one object off the source, which stands at its brace: io.EOF
// where the file ends inside.
func (f *file) record() (record, error) {
	rec := record{line: f.src.line, offset: f.src.offset}
	f.src.piece()
	depth, quoted, escaped := 0, false, false
	for {
		c, err := f.src.ReadByte()
		if err != nil {
			return rec, err
		}
		rec.text = append(rec.text, c)
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = c == '\\', c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > mostDepth {
				return rec, errDepth
			}
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return rec, nil
			}
		}
	}
}

// decoder knows by the first record what all are.
func (f *file) decoder(rec record) (func(record) error, error) {
	var keys map[string]json.RawMessage
	if err := f.decodeJSON(rec, &keys); err != nil {
		return nil, err
	}
	has := func(name string) bool { return keys[name] != nil }
	set := func(to Format, decode func(record) error) (func(record) error, error) {
		f.sum.Format, f.sum.Scanner = to, string(to)
		return decode, nil
	}
	switch {
	case has("target") && has("transport") && has("state"):
		return set(Portolan, f.decodeOwn)
	case has("ports") || has("rec_type"):
		return set(Masscan, f.decodeMasscan)
	case has("data"):
		return set(Zgrab2, f.decodeZgrab2)
	case has("port") && (has("ip") || has("host")):
		return set(Naabu, f.decodeNaabu)
	}
	return nil, f.recordFault(rec, "", errors.New("this record is of no scanner that is known"), "give nmap -oX, masscan -oJ, naabu -json, zgrab2 or portolan probe --json output")
}

func (f *file) recordFault(rec record, field string, err error, next string) *ParseError {
	return &ParseError{Line: rec.line, Offset: rec.offset, Field: field, Err: err, Next: next}
}

// decodeJSON reads a record. Fuzzed by FuzzRead.
func (f *file) decodeJSON(rec record, into any) error {
	return f.decodePart(rec, "", rec.text, into)
}

// decodePart reads a part of a record. Fuzzed by FuzzRead.
func (f *file) decodePart(rec record, field string, part []byte, into any) error {
	err := json.Unmarshal(part, into)
	if err == nil {
		return nil
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return f.recordFault(rec, strings.Trim(field+"."+wrong.Field, "."), fmt.Errorf("a %s where it should be another type", wrong.Value), "give the file as the scanner wrote it")
	}
	return f.recordFault(rec, field, err, "give the file as the scanner wrote it")
}

// place reads what all records have: where the port is.
func (f *file) place(rec record, addr, port, transport string) (Row, error) {
	r := Row{Line: rec.line, State: Open}
	var err error
	if r.Addr, err = parseAddr(addr); err != nil {
		return r, f.recordFault(rec, "ip", err, "give the file as the scanner wrote it")
	}
	if r.Key, err = parseKey(port, transport); err != nil {
		return r, f.recordFault(rec, "port", err, "give the file as the scanner wrote it")
	}
	return r, nil
}
