package protocol

import (
	"fmt"
	"testing"
)

func TestReplies(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"220 a\r\n", "[{220 [a]}]"},
		{"220-a\r\n b\r\n220 c\r\n500 d\r\n", "[{220 [a  b c]} {500 [d]}]"},
		{"220-a\r\n221 b\r\n220 c\r\n", "[{220 [a 221 b c]}]"},
		{"220\r\n", "[{220 []}]"},
		{"220 cut short", "[]"},
		{"2200 a\r\n", "[]"},
		{"220_a\r\n", "[]"},
		{"220 a\r\nword\r\n220 b\r\n", "[{220 [a]}]"},
	} {
		if got := fmt.Sprint(replies([]byte(c.data))); got != c.want {
			t.Errorf("%q: got %s, want %s", c.data, got, c.want)
		}
	}
}

func FuzzReplies(f *testing.F) {
	f.Add([]byte("220-a\r\n b\r\n220 c\r\n500 d\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > MostKept {
			return
		}
		rs := replies(data)
		if len(rs) > mostReplies+1 {
			t.Errorf("%d replies", len(rs))
		}
		for _, r := range rs {
			if len(r.lines) == 0 || r.code < 1 || r.code > 999 {
				t.Errorf("a reply of nothing: %+v", r)
			}
		}
	})
}

func TestNamed(t *testing.T) {
	products := []string{"Courier", "Exim", "vsFTPd"}
	for _, c := range []struct{ text, product, version string }{
		{"mail.example.net ESMTP Exim 4.96 Mon", "Exim", "4.96"},
		{"(vsFTPd 3.0.3)", "vsFTPd", "3.0.3"},
		{"vsFTPd, version 3.0.3.", "vsFTPd", "3.0.3"},
		{"Exim ready", "Exim", ""},
		{"Exim.example.net ESMTP", "", ""}, // a host's name
		{"mail.Exim.net ESMTP", "", ""},
		{"Eximple 4", "", ""},
		{"Couriers and Courier 1.2", "Courier", "1.2"},
	} {
		if p, v, _ := named(c.text, products); p != c.product || v != c.version {
			t.Errorf("%q: got %q %q, want %q %q", c.text, p, v, c.product, c.version)
		}
	}
}

func TestHostAt(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"mail.example.net ESMTP", "mail.example.net"},
		{"localhost ready", "localhost"},
		{"[192.0.2.1] ready", "[192.0.2.1]"},
		{"5.5.1 Unknown command", ""},
		{"Error: no", ""},
		{"Welcome to us", ""},
		{"", ""},
	} {
		if got := hostAt(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestEnhanced: a status of RFC 2034 fits its reply.
func TestEnhanced(t *testing.T) {
	for text, want := range map[string]bool{
		"5.7.1 no": true, "5.7.1": true, "mail.example.net 5.7.1 no": true,
		"4.7.1 no": false, "5.9.1 no": false, "5.7.1x": false, "5.7": false, "": false,
	} {
		if got := enhanced(reply{554, []string{text}}); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}
