package protocol

import (
	"strings"
)

// daytime says the time as people read it, once, and closes. No form is laid
// down, and others print the time too.
var daytime = Protocol{
	Name: "daytime", Title: "Daytime", Source: "RFC 867; NIST, Daytime Protocol",
	Services: []string{"daytime"},
	Usual:    []uint16{13},
	Answer:   answerDaytime,
}

const (
	englishDays   = "Sun Mon Tue Wed Thu Fri Sat Sunday Monday Tuesday Wednesday Thursday Friday Saturday"
	englishMonths = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
)

func answerDaytime(s Said) (Match, bool) {
	text := strings.TrimSpace(string(s.Data))
	words := strings.Fields(text)
	if s.Question != "" || !printable([]byte(text)) || len(text) == len(s.Data) || len(words) < 2 || len(words) > 10 {
		return Match{}, false
	}
	at := strings.Index(string(s.Data), text)
	m := Match{Strength: Hint, Kind: Banner, From: at, To: at + len(text)}
	// "61367 26-11-23 14:20:00 00 0 0 123.4 UTC(NIST) *"
	if strings.HasSuffix(text, " UTC(NIST) *") && len(words) == 9 && isDigits(words[0]) && isClock(words[2]) {
		m.Strength = Certain
		return m, true
	}
	// "Mon Nov 23 14:20:00 2026", "23 NOV 2026 14:20:00 UTC", "Monday, November 23, 2026 14:20:00-UTC"
	days, clocks, years, months := 0, 0, 0, 0
	for _, w := range words {
		w = strings.TrimRight(w, ",")
		clock, _, _ := strings.Cut(w, "-")
		switch {
		case isClock(clock):
			clocks++
		case len(w) == 4 && isDigits(w) && (w[:2] == "20" || w[:2] == "19"):
			years++
		case isOneOf(englishMonths, strings.ToUpper(w)):
			months++
		case isOneOf(englishDays, w), isDigits(w) && len(w) < 3, isZone(w):
			days++
		default:
			return Match{}, false
		}
	}
	return m, clocks == 1 && years == 1 && months == 1 && days > 0
}

// isOneOf reports whether a word is among some, written with spaces between them.
func isOneOf(all, word string) bool {
	return word != "" && strings.Contains(" "+all+" ", " "+word+" ")
}

// isClock reports whether a word is "14:20" or "14:20:00".
func isClock(w string) bool {
	parts := strings.Split(w, ":")
	for _, p := range parts {
		if v, n := number([]byte(p)); n != len(p) || n < 1 || n > 2 || v > 60 {
			return false
		}
	}
	return len(parts) == 2 || len(parts) == 3
}

// isZone reports whether a word may be a time zone: "UTC", "CEST".
func isZone(w string) bool {
	return len(w) >= 3 && len(w) <= 4 && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" || len(w) == 5 && (w[0] == '+' || w[0] == '-') && isDigits(w[1:])
}
