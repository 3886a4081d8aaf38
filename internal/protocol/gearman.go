package protocol

import (
	"bytes"
	"strings"
)

// gearman takes lines for its administration and packets for its work. It
// refuses a line that it does not know in words of its own.
var gearman = Protocol{
	Name: "gearman", Title: "Gearman", Source: "Gearman job server, PROTOCOL", TCPOnly: true,
	Services: []string{"gearman"},
	Usual:    []uint16{4730},
	Answer:   answerGearman,
	Opening:  openingGearman,
	Questions: []Question{
		{Name: "gearman-version", After: []string{"gearman"}, Bytes: fixed("version\r\n")},
	},
}

func answerGearman(s Said) (Match, bool) {
	if end, _, ok := gearmanPacket(s.Data, "\x00RES"); ok {
		return Match{Strength: Certain, Kind: Handshake, To: end}, true
	}
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
	switch text := string(line); {
	case !whole || !printable(line):
	case startsFold(line, "ERR UNKNOWN_COMMAND Unknown+server+command"):
		return m, true
	case s.Question == "gearman-version" && strings.HasPrefix(text, "OK ") && isVersion(text[3:]) && len(s.Data) <= len(line)+2:
		m.Kind, m.Version = Handshake, text[3:]
		return m, true
	}
	return Match{}, false
}

// gearmanPacket returns where the first packet ends, and its type.
func gearmanPacket(b []byte, magic string) (end int, kind uint32, ok bool) {
	kind, _ = be32(b, 4)
	size, whole := be32(b, 8)
	if !whole || !bytes.HasPrefix(b, []byte(magic)) || kind == 0 || kind > 42 || int64(size) > int64(len(b)-12) {
		return 0, 0, false
	}
	return 12 + int(size), kind, true
}

func openingGearman(s Said) (Match, bool) {
	end, kind, ok := gearmanPacket(s.Data, "\x00REQ")
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: end}
	if kind == 1 || kind == 7 { // CAN_DO and SUBMIT_JOB name a function
		function, _, _ := bytes.Cut(s.Data[12:end], []byte("\x00"))
		m = m.with("function", string(function))
	}
	return m, true
}
