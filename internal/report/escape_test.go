package report

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"sshd":                     "sshd",
		"":                         "",
		"Søren 日本 ünïcode":         "Søren 日本 ünïcode",
		"\x1b[2J\x1b[H":            `\x1b[2J\x1b[H`,
		"a\tb\r\nc\x00\x7f":        `a\x09b\x0d\x0ac\x00\x7f`,
		"bad \xff\xc3(":            `bad \xff\xc3(`,
		"c1 \u009b31m":             `c1 \u{009b}31m`,
		"x\u202egnp.exe\u2066":     `x\u{202e}gnp.exe\u{2066}`,
		"zero\u200bwidth\ufeff":    `zero\u{200b}width\u{feff}`,
		"line\u2028sep\u2029":      `line\u{2028}sep\u{2029}`,
		"marks\u200e\u200f":        `marks\u{200e}\u{200f}`,
		"tag\U000e0041":            `tag\u{e0041}`,
		"private \ue000\U0010ffff": `private \u{e000}\u{10ffff}`,
		"replacement \ufffd stays": "replacement \ufffd stays",
		`C:\Windows`:               `C:\Windows`,
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEscapeCopiesNothingWhenClean(t *testing.T) {
	s := strings.Repeat("nginx: master process ", 10)
	if n := testing.AllocsPerRun(100, func() { _ = Escape(s) }); n != 0 {
		t.Errorf("%v allocations for clean text", n)
	}
}

// unfit returns the first rune that a terminal must not see.
func unfit(s string) (rune, bool) {
	for i, r := range s {
		if r < 0x20 || 0x7f <= r && r < 0xa0 || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 ||
			0x200b <= r && r <= 0x200f || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0x061c {
			return r, true
		}
		if _, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			return r, true
		}
	}
	return 0, false
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "sshd", "\x1b]0;title\a", "\xc2\x9b1m", "\u202e", "\xed\xa0\x80", "\U000e0041", "é\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if r, bad := unfit(got); bad {
			t.Errorf("Escape(%q) = %q lets %U through", s, got, r)
		}
		if again := Escape(got); again != got {
			t.Errorf("Escape twice: %q, then %q", got, again)
		}
	})
}

func FuzzParseWords(f *testing.F) {
	f.Add("json")
	f.Add("auto")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseFormat(s); err == nil && string(v) != s {
			t.Errorf("ParseFormat(%q) = %q", s, v)
		}
		if v, err := ParseColorMode(s); err == nil && string(v) != s {
			t.Errorf("ParseColorMode(%q) = %q", s, v)
		}
	})
}
