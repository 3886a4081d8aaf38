package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// Appender is a value that writes itself as one JSON value. Those with
// thousands of rows do; for others encoding/json is fast enough.
type Appender interface {
	AppendJSON(j *JSON)
}

// JSON writes a JSON text piece by piece, without reflection. It puts the commas;
// the caller opens and closes. Strings are escaped so that the text does no harm
// on a terminal either, and bytes that are no UTF-8 become U+FFFD, since JSON
// cannot carry them.
//
// Values may stand in a list (name "") or in an object (name given). Names are
// the caller's own: short, ASCII, not escaped.
type JSON struct {
	w    io.Writer // nil: everything stays in buf
	buf  []byte
	err  error // the first one
	more bool  // the next value needs a comma
}

const flushAt = 64 << 10

// Bytes returns what was written and not yet passed on.
func (j *JSON) Bytes() []byte { return j.buf }

func (j *JSON) name(name string) {
	if j.more {
		j.buf = append(j.buf, ',')
	}
	j.more = true
	if name != "" {
		j.buf = append(append(append(j.buf, '"'), name...), '"', ':')
	}
}

// Object opens an object.
func (j *JSON) Object(name string) { j.name(name); j.buf = append(j.buf, '{'); j.more = false }

// EndObject closes it.
func (j *JSON) EndObject() { j.buf = append(j.buf, '}'); j.more = true; j.pass() }

// List opens a list.
func (j *JSON) List(name string) { j.name(name); j.buf = append(j.buf, '['); j.more = false }

// EndList closes it.
func (j *JSON) EndList() { j.buf = append(j.buf, ']'); j.more = true }

// String writes a string.
func (j *JSON) String(name, value string) {
	j.name(name)
	j.buf = appendString(j.buf, value)
}

// StringOrNull writes a string, null where it is empty.
func (j *JSON) StringOrNull(name, value string) {
	if value == "" {
		j.Null(name)
		return
	}
	j.String(name, value)
}

// Plain writes a string that needs no escapes and saves the look: an address, a
// keyword of ours. A text from outside goes through String.
func (j *JSON) Plain(name string, value []byte) {
	j.name(name)
	j.buf = append(append(append(j.buf, '"'), value...), '"')
}

// Int writes a whole number.
func (j *JSON) Int(name string, value int64) {
	j.name(name)
	j.buf = strconv.AppendInt(j.buf, value, 10)
}

// Uint writes a whole number that is not negative.
func (j *JSON) Uint(name string, value uint64) {
	j.name(name)
	j.buf = strconv.AppendUint(j.buf, value, 10)
}

// Bool writes true or false.
func (j *JSON) Bool(name string, value bool) {
	j.name(name)
	j.buf = strconv.AppendBool(j.buf, value)
}

// Null writes null.
func (j *JSON) Null(name string) { j.name(name); j.buf = append(j.buf, "null"...) }

// Time writes RFC 3339 in UTC, null for the zero time.
func (j *JSON) Time(name string, t time.Time) {
	if t.IsZero() {
		j.Null(name)
		return
	}
	j.name(name)
	j.buf = append(t.UTC().AppendFormat(append(j.buf, '"'), time.RFC3339), '"')
}

// Strings writes a list of strings, never null.
func (j *JSON) Strings(name string, values []string) {
	j.List(name)
	for _, v := range values {
		j.String("", v)
	}
	j.EndList()
}

// Raw writes a value that is JSON already, as [JSON.Bytes] gave it.
func (j *JSON) Raw(name string, value []byte) {
	j.name(name)
	j.buf = append(j.buf, value...)
}

// Value writes any value. What cannot be encoded becomes null; the error is
// returned, kept, and given to whoever asked for the document.
func (j *JSON) Value(name string, v any) error {
	if a, ok := v.(Appender); ok {
		j.name(name)
		j.more = false
		a.AppendJSON(j)
		j.more = true
		return j.err
	}
	b, err := marshal(v)
	if err != nil {
		j.err = cmp.Or(j.err, err)
		b = []byte("null")
	}
	j.Raw(name, b)
	return j.err
}

// pass hands full buffers on, so that 50,000 rows need no 50,000 rows of memory.
func (j *JSON) pass() {
	if j.w != nil && len(j.buf) >= flushAt {
		j.flush()
	}
}

func (j *JSON) flush() {
	if j.w == nil || len(j.buf) == 0 {
		return
	}
	if j.err == nil {
		_, j.err = j.w.Write(j.buf)
	}
	j.buf = j.buf[:0]
}

// marshal is encoding/json without HTML escapes, harmless for a terminal.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T as JSON: %w", v, err)
	}
	return harden(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// harden replaces what encoding/json lets through and a terminal should not
// see. Outside strings JSON is ASCII, so all of it lies in strings.
func harden(text []byte) []byte {
	var out []byte
	from := 0
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if !harmless(r) {
			out = appendCodePoint(append(out, text[from:i]...), r)
			from = i + n
		}
		i += n
	}
	if out == nil {
		return text
	}
	return append(out, text[from:]...)
}

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; 0x20 <= c && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == utf8.RuneError && n == 1, !harmless(r):
			b = appendCodePoint(b, r)
		default:
			b = append(b, s[i:i+n]...)
		}
		i += n
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

// appendCodePoint appends \uNNNN, a pair of them above the basic plane.
func appendCodePoint(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		b = appendCodePoint(b, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
