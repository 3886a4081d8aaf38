package portolan

import (
	"errors"
	"strings"
	"testing"
)

func TestParseQuery(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Query
	}{
		{"378", Query{Span: Span{378, 378}}},
		{"0", Query{Span: Span{0, 0}}},
		{"65535/udp", Query{Span: Span{65535, 65535}, Transport: UDP, HasTransport: true}},
		{"6000-6063/TCP", Query{Span: Span{6000, 6063}, Transport: TCP, HasTransport: true}},
		{"ssh", Query{Service: "ssh"}},
		{"ssh/tcp", Query{Service: "ssh", Transport: TCP, HasTransport: true}},
		{"914c/g", Query{Service: "914c/g"}},
		{"3com-tsmux", Query{Service: "3com-tsmux"}},
		{"z39-50", Query{Service: "z39-50"}},
	} {
		c.want.Text = c.in
		got, err := ParseQuery(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParseQuery(%q) = %+v, %v; want %+v", c.in, got, err, c.want)
		}
	}
}

func TestParseQueryRefuses(t *testing.T) {
	for in, word := range map[string]string{
		"70000": "65535", "65536": "65535", "5-": "5-65535", "-5": "decimal", "10-5": "5-10", "1-2-3": "decimal",
		"80/tpc": "transport", "": "empty", "/tcp": "empty", "99999999999999999999": "65535", "1-70000": "65535",
	} {
		_, err := ParseQuery(in)
		if !errors.Is(err, ErrNotPort) || !strings.Contains(err.Error(), word) {
			t.Errorf("ParseQuery(%q): %v; want ErrNotPort that says %q", in, err, word)
		}
	}
}

func TestRangesMeet(t *testing.T) {
	next := 0
	for _, r := range []Range{System, User, Dynamic} {
		s := r.Span()
		if int(s.First) != next || RangeOf(s.First) != r || RangeOf(s.Last) != r {
			t.Errorf("%s: %s begins at %d", r, s, next)
		}
		next = int(s.Last) + 1
	}
	if next != 1<<16 || User.Span().Len() != 48128 {
		t.Errorf("the ranges end at %d, user has %d", next, User.Span().Len())
	}
}

func TestTransportText(t *testing.T) {
	for _, tr := range append(Transports[:], NCP) {
		b, err := tr.MarshalText()
		var back Transport
		if err != nil || back.UnmarshalText(b) != nil || back != tr {
			t.Errorf("%v: %s %v %v", tr, b, err, back)
		}
	}
	if _, err := Transport(9).MarshalText(); err == nil {
		t.Error("transport 9 has a name")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"378/tcp", "6000-6063", "5-", "ssh", "\x1b[2J", "1-2/udp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if q, err := ParseQuery(s); err == nil && q.Service == "" && q.Span.Last < q.Span.First {
			t.Errorf("%q gave %v", s, q.Span)
		}
		if k, err := ParseKey(s); err == nil {
			if again, err := ParseKey(k.String()); err != nil || again != k {
				t.Errorf("%q: %v, then %v %v", s, k, again, err)
			}
		}
		if sp, err := ParseSpan(s); err == nil && sp.Len() < 1 {
			t.Errorf("%q: %v", s, sp)
		}
		if p, err := ParsePort(s); err == nil && strings.Trim(s, "0123456789") != "" {
			t.Errorf("%q: %d", s, p)
		}
		var tr Transport
		if tr.UnmarshalText([]byte(s)) == nil && !strings.EqualFold(tr.String(), s) {
			t.Errorf("%q: %v", s, tr)
		}
		if tr, err := ParseTransport(s); err == nil && !strings.EqualFold(tr.String(), s) {
			t.Errorf("%q: %v", s, tr)
		}
	})
}
