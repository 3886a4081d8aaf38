package protocol

import (
	"bytes"
	"strings"
)

// clamd answers commands of one word. Its refusal of a foreign one is short.
var clamd = Protocol{
	Name: "clamd", Title: "ClamAV daemon", Source: "clamd(8), Commands",
	Usual:   []uint16{3310},
	Answer:  answerClamd,
	Opening: openingClamd,
	Questions: []Question{
		{Name: "clamd-version", After: []string{"clamd"}, Bytes: fixed("zVERSION\x00")},
	},
}

func answerClamd(s Said) (Match, bool) {
	text := string(bytes.TrimRight(s.Data, "\x00\r\n"))
	m := Match{Strength: Certain, Kind: Handshake, To: len(text)}
	switch {
	case !printable([]byte(text)) || len(text) == len(s.Data):
	case strings.HasPrefix(text, "ClamAV ") && versionAt(text[7:]) != "":
		// "ClamAV 1.0.3/26980/Wed Jul 26 …": the program, then its signatures.
		m.Product = "ClamAV"
		var signatures string
		m.Version, signatures, _ = strings.Cut(text[7:], "/")
		signatures, _, _ = strings.Cut(signatures, "/")
		return m.with("signatures", signatures), true
	case s.Question != "" && (text == "UNKNOWN COMMAND" || text == "UNKNOWN COMMAND. ERROR"):
		m.Kind, m.Strength = ErrorText, Likely
		return m, true
	case text == "COMMAND READ TIMED OUT":
		m.Kind, m.Strength = Banner, Likely
		return m, true
	}
	return Match{}, false
}

// openingClamd recognises a command with the mark before it of how it ends.
func openingClamd(s Said) (Match, bool) {
	b := s.Data
	end := -1
	switch {
	case len(b) < 5:
	case b[0] == 'z':
		end = bytes.IndexByte(b, 0)
	case b[0] == 'n':
		end = bytes.IndexByte(b, '\n')
	}
	if end < 0 {
		return Match{}, false
	}
	word, _, _ := strings.Cut(string(b[1:end]), " ")
	switch word {
	case "PING", "VERSION", "INSTREAM", "IDSESSION", "STATS", "SCAN", "CONTSCAN", "MULTISCAN", "VERSIONCOMMANDS", "RELOAD", "SHUTDOWN":
		return Match{Strength: Certain, Kind: Opening, To: end}.with("command", word), true
	}
	return Match{}, false
}
