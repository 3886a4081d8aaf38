package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// Escape makes text from outside harmless for a terminal. Control characters
// and bytes that are no UTF-8 become \xNN; other characters that show nothing
// or turn the direction of text (C1 controls, bidirectional overrides and
// isolates, zero-width and line separators, private and unassigned code points)
// become \u{NNNN}. The result is valid UTF-8 without control characters. A
// backslash stays as it is, so the result cannot be turned back.
func Escape(s string) string {
	clean := cleanPrefix(s)
	if clean == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:clean])
	for i := clean; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1, r < 0x20, r == 0x7f:
			b.WriteString(`\x`)
			b.WriteByte(hex[s[i]>>4])
			b.WriteByte(hex[s[i]&15])
		case !harmless(r):
			writeCodePoint(&b, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// cleanPrefix returns how many bytes need no look: printable ASCII, which is
// nearly all that there is.
func cleanPrefix(s string) int {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return i
		}
	}
	return len(s)
}

func writeCodePoint(b *strings.Builder, r rune) {
	b.WriteString(`\u{`)
	for shift := max(12, 4*((bitLen(r)-1)/4)); shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&15])
	}
	b.WriteByte('}')
}

func bitLen(r rune) int {
	n := 0
	for ; r > 0; r >>= 1 {
		n++
	}
	return n
}

// harmless reports whether a terminal shows r as a sign of its own and does
// nothing else with it.
func harmless(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, 0xffa0:
		return false // fillers: letters and marks by category, invisible by nature
	}
	return unicode.IsGraphic(r)
}
