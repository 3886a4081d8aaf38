package report

import "fmt"

// Style is how a piece of text stands out where colour is on. It adds to what
// the words say and never replaces it.
type Style uint8

// The styles, by what they are for.
const (
	Plain  Style = iota
	Strong       // headings, the answer itself
	Faint        // what may be skipped
	Good         // as it should be
	Note         // worth a look
	Warn         // a finding
	Alarm        // the worst finding
	Place        // ports and addresses
)

// sgr holds the parameters of ECMA-48's SGR for each style: colours from the
// basic eight, which every theme maps to something readable.
var sgr = [...]string{Plain: "", Strong: "1", Faint: "2", Good: "32", Note: "36", Warn: "33", Alarm: "1;31", Place: "34"}

// paint wraps an escaped text in its style.
func paint(on bool, s Style, text string) string {
	if !on || int(s) >= len(sgr) || sgr[s] == "" || text == "" {
		return text
	}
	return "\x1b[" + sgr[s] + "m" + text + "\x1b[0m"
}

// SeverityStyle returns the style for a severity by its word; Plain for a word
// that it does not know.
func SeverityStyle(word string) Style {
	switch word {
	case "alert", "critical", "error":
		return Alarm
	case "warning":
		return Warn
	case "notice":
		return Note
	case "ok":
		return Good
	case "info":
		return Faint
	}
	return Plain
}

// ColorMode is the value of --color.
type ColorMode string

// The modes.
const (
	ColorAuto   ColorMode = "auto"
	ColorAlways ColorMode = "always"
	ColorNever  ColorMode = "never"
)

// ParseColorMode reads auto, always or never. Fuzzed by FuzzParseWords.
func ParseColorMode(s string) (ColorMode, error) {
	switch m := ColorMode(s); m {
	case ColorAuto, ColorAlways, ColorNever:
		return m, nil
	}
	return "", fmt.Errorf("%q is no colour mode: use auto, always or never", s)
}

// UseColor decides whether to colour. The flag wins; then NO_COLOR with any
// non-empty value, whatever it is; then CLICOLOR_FORCE with any value but
// 0, which colours even into a pipe; then only a terminal that is not dumb.
func UseColor(m ColorMode, terminal bool, getenv func(string) string) bool {
	if m == ColorAlways || m == ColorNever {
		return m == ColorAlways
	}
	if getenv("NO_COLOR") != "" {
		return false
	}
	if f := getenv("CLICOLOR_FORCE"); f != "" && f != "0" {
		return true
	}
	return terminal && getenv("TERM") != "dumb" && getenv("CLICOLOR") != "0"
}
