package protocol

import "strings"

// hddtemp says at once what each disk is and how warm, between bars, and closes.
var hddtemp = Protocol{
	Name: "hddtemp", Title: "hddtemp", Source: "hddtemp(8), TCP/IP daemon",
	Usual:  []uint16{7634},
	Answer: answerHddtemp,
}

// answerHddtemp reads "|/dev/sda|ST1000|38|C|", one disk behind the other.
func answerHddtemp(s Said) (Match, bool) {
	text := strings.TrimRight(string(s.Data), "\r\n")
	if !printable([]byte(text)) || len(text) < 2 || text[0] != '|' || text[len(text)-1] != '|' {
		return Match{}, false
	}
	disks := strings.Split(text[1:len(text)-1], "||")
	for _, d := range disks {
		fields := strings.Split(d, "|")
		if len(fields) != 4 || !strings.HasPrefix(fields[0], "/dev/") || len(fields[3]) != 1 || !strings.ContainsAny(fields[3], "CF*") {
			return Match{}, false
		}
		switch fields[2] {
		case "SLP", "NA", "NOS", "UNK", "ERR":
		default:
			if !isDigits(strings.TrimPrefix(fields[2], "-")) {
				return Match{}, false
			}
		}
	}
	return Match{Strength: Certain, Kind: Banner, To: len(text)}, true
}
