package visit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// The bytes of TELNET (RFC 854).
const (
	telnetSE = 240
	telnetSB = 250
	will     = 251
	wont     = 252
	do       = 253
	dont     = 254
	iac      = 255
)

// terminalType is the option that asks for a terminal's name (RFC 1091).
const terminalType = 24

// telnetCommands are those without an option (RFC 854; EOF, SUSP, ABORT and EOR
// of RFC 1184 and RFC 885).
var telnetCommands = map[byte]string{
	236: "EOF", 237: "SUSP", 238: "ABORT", 239: "EOR", 240: "SE", 241: "NOP", 242: "DM", 243: "BRK", 244: "IP", 245: "AO", 246: "AYT", 247: "EC", 248: "EL", 249: "GA",
}

var telnetVerbs = map[byte]string{will: "WILL", wont: "WONT", do: "DO", dont: "DONT"}

// telnetOptions are the names that IANA's list of options has.
var telnetOptions = map[byte]string{
	0: "BINARY", 1: "ECHO", 3: "SUPPRESS-GO-AHEAD", 5: "STATUS", 6: "TIMING-MARK", 18: "LOGOUT", 23: "SEND-LOCATION", terminalType: "TERMINAL-TYPE",
	25: "END-OF-RECORD", 29: "3270-REGIME", 31: "NAWS", 32: "TERMINAL-SPEED", 33: "TOGGLE-FLOW-CONTROL", 34: "LINEMODE", 35: "X-DISPLAY-LOCATION",
	36: "ENVIRON", 37: "AUTHENTICATION", 38: "ENCRYPT", 39: "NEW-ENVIRON", 40: "TN3270E", 42: "CHARSET", 44: "COM-PORT-OPTION", 46: "START-TLS", 255: "EXTENDED-OPTIONS-LIST",
}

func telnetOption(c byte) string {
	if name := telnetOptions[c]; name != "" {
		return name
	}
	return "option " + strconv.Itoa(int(c))
}

// etosTerminals are the names of RFC 1700's list of terminal types that begin with
// ETOS52 (page 221): all that is known of ETOS besides the two ports.
var etosTerminals = []string{"ETOS52-APL", "ETOS52-CRT", "ETOS52-FDW", "ETOS52-FUP", "ETOS52-GFM", "ETOS52-SPR"}

// The ports that carry ETOS in their names.
const (
	tnETOS = 377
	dsETOS = 378
)

const (
	noteTerminal = "ETOS52 is a family of terminals in RFC 1700's list of terminal type names, without a holder there; portolan holds no description of it. " +
		"Ports 377 tnETOS and 378 dsETOS (NEC Corporation, RFC 1700) have its name. What this client goes on to say is not known to anybody who wrote it down: keep it."
	notePort = "Ports 377 tnETOS and 378 dsETOS are NEC Corporation's since RFC 1700 (October 1994), and portolan holds no description of either. " +
		"tnETOS reads as ETOS over TELNET, as tn3270 does; what ds means is not known. The terminal type that the client names, if it is one of ETOS52, would be the first witness."
)

// Part is one thing that was said in TELNET.
type Part struct {
	Verb   string // "WILL", "SB", "NOP"; "" for text
	Option string // "TERMINAL-TYPE"; "" where there is none
	Text   string // what was said, as bytes
	Cut    bool
}

// mostParts bounds a transcript.
const mostParts = 200

// DecodeTelnet takes apart what one side said in TELNET (RFC 854, RFC 855): text,
// commands, and subnegotiations with their bytes undoubled.
func DecodeTelnet(b []byte) (all []Part) {
	text := []byte(nil)
	flush := func() {
		if len(text) > 0 {
			all, text = append(all, Part{Text: string(text)}), nil
		}
	}
	for i := 0; i < len(b) && len(all) < mostParts; {
		if b[i] != iac {
			text = append(text, b[i])
			i++
			continue
		}
		if i+1 < len(b) && b[i+1] == iac {
			text = append(text, iac)
			i += 2
			continue
		}
		flush()
		end := negotiationEnd(b, i)
		all = append(all, partOf(b[i:end]))
		i = end
	}
	if len(all) < mostParts {
		flush()
	}
	return all
}

// negotiationEnd is where a command that begins at i ends, cut or not.
func negotiationEnd(b []byte, i int) int {
	switch {
	case i+1 >= len(b):
		return len(b)
	case b[i+1] == telnetSB:
		for j := i + 2; j+1 < len(b); j++ {
			if b[j] != iac {
				continue
			}
			if b[j+1] == telnetSE {
				return j + 2
			}
			j++ // a doubled IAC, or a command where none may be
		}
		return len(b)
	case b[i+1] >= will && b[i+1] <= dont:
		return min(len(b), i+3)
	}
	return i + 2
}

// partOf reads one whole or cut command.
func partOf(b []byte) Part {
	switch {
	case len(b) < 2:
		return Part{Verb: "IAC", Cut: true}
	case b[1] == telnetSB:
		p := Part{Verb: "SB", Cut: len(b) < 5 || b[len(b)-1] != telnetSE || b[len(b)-2] != iac}
		if len(b) > 2 {
			p.Option = telnetOption(b[2])
			body := b[3:]
			if !p.Cut {
				body = body[:len(body)-2]
			}
			p.Text = strings.ReplaceAll(string(body), "\xff\xff", "\xff")
		}
		return p
	case telnetVerbs[b[1]] != "":
		if len(b) < 3 {
			return Part{Verb: telnetVerbs[b[1]], Cut: true}
		}
		return Part{Verb: telnetVerbs[b[1]], Option: telnetOption(b[2])}
	case telnetCommands[b[1]] != "":
		return Part{Verb: telnetCommands[b[1]]}
	}
	return Part{Verb: "command " + strconv.Itoa(int(b[1]))}
}

// terminal is the name that a part gives to the terminal (RFC 1091: IS).
func (p Part) terminal() string {
	if p.Verb == "SB" && p.Option == telnetOptions[terminalType] && !p.Cut && len(p.Text) > 1 && p.Text[0] == 0 {
		return clip(p.Text[1:])
	}
	return ""
}

// words shows a part on one line, printable.
func (p Part) words() string {
	line := p.Verb
	switch {
	case p.Verb == "":
		return preview([]byte(p.Text), mostPreview, false)
	case p.Option != "":
		line += " " + p.Option
	}
	if p.Verb == "SB" {
		line += p.meaning()
	}
	if p.Cut {
		line += " (cut)"
	}
	return line
}

// meaning says what a subnegotiation holds.
func (p Part) meaning() string {
	t := p.Text
	switch {
	case t == "":
		return ""
	case p.Option == "AUTHENTICATION": // RFC 2941
		return " " + mask
	case p.Option == "NAWS" && len(t) == 4: // RFC 1073
		return fmt.Sprintf(" %d columns, %d lines", int(t[0])<<8|int(t[1]), int(t[2])<<8|int(t[3]))
	case t[0] == 0:
		return " IS " + preview([]byte(t[1:]), mostPreview, false)
	case t[0] == 1:
		return " SEND " + preview([]byte(t[1:]), mostPreview, false)
	}
	return " " + preview([]byte(t), mostPreview, false)
}

// Transcript is what a client said in TELNET, for people.
type Transcript struct {
	Lines     []string `json:"lines"`     // printable; passwords masked
	Terminals []string `json:"terminals"` // the names that it gave; bytes from outside
	// ETOS: one of them is of RFC 1700's family ETOS52.
	ETOS bool `json:"etos"`
	// Note says what is known, and what nobody knows yet; "" where there is nothing
	// to say.
	Note string `json:"note"`
	// spoke: there was negotiation, and not only text.
	spoke bool
}

// transcriptOf is the transcript of words in TELNET, or to the ports that may be
// spoken to in it; nil for all others.
func transcriptOf(s *sample) *Transcript {
	onPort := s.transport == portolan.TCP && (s.dest.Port() == tnETOS || s.dest.Port() == dsETOS)
	if s.protocol != "telnet" && !onPort {
		return nil
	}
	return NewTranscript(s.data, onPort)
}

// NewTranscript makes a transcript. onPort says that it was heard on 377 or 378.
func NewTranscript(b []byte, onPort bool) *Transcript {
	t := &Transcript{Lines: []string{}, Terminals: []string{}}
	texts := 0
	for _, p := range DecodeTelnet(b) {
		if p.Verb == "" {
			t.addText(p.Text, &texts)
			continue
		}
		t.spoke = true
		t.Lines = append(t.Lines, p.words())
		if name := p.terminal(); name != "" {
			t.Terminals = append(t.Terminals, name)
			t.ETOS = t.ETOS || slices.Contains(etosTerminals, strings.ToUpper(name))
		}
	}
	switch {
	case t.ETOS:
		t.Note = noteTerminal
	case onPort:
		t.Note = notePort
	}
	return t
}

// addText adds lines of text; all behind the first may be a password.
func (t *Transcript) addText(text string, seen *int) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' || r == 0 }) {
		if *seen++; *seen > 1 {
			t.Lines = append(t.Lines, "text: "+mask)
			return
		}
		t.Lines = append(t.Lines, "text: "+preview([]byte(line), mostPreview, false))
	}
}

func (t *Transcript) size() int {
	n := 128
	for _, list := range [...][]string{t.Lines, t.Terminals} {
		for _, s := range list {
			n += 16 + len(s)
		}
	}
	return n
}
