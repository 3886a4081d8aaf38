package protocol

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// gpsd greets with a JSON object of the class VERSION.
var gpsd = Protocol{
	Name: "gpsd", Title: "gpsd", Source: "gpsd_json(5), VERSION, ERROR and WATCH", TCPOnly: true,
	Services: []string{"gpsd"},
	Usual:    []uint16{2947},
	Answer:   answerGPSD,
	Opening:  openingGPSD,
}

func answerGPSD(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !bytes.HasPrefix(line, []byte(`{"class":"`)) {
		return Match{}, false
	}
	var v struct {
		Class   string `json:"class"`
		Release string `json:"release"`
		Major   int    `json:"proto_major"`
		Minor   int    `json:"proto_minor"`
		Message string `json:"message"`
	}
	if json.Unmarshal(line, &v) != nil {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	switch {
	case v.Class == "VERSION" && v.Release != "" && v.Major > 0:
		m.Version = v.Release
		return m.with("protocol", strconv.Itoa(v.Major)+"."+strconv.Itoa(v.Minor)), true
	case v.Class == "ERROR" && strings.HasPrefix(v.Message, "Unrecognized request '"):
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}

// openingGPSD recognises "?WATCH={…};" and its like.
func openingGPSD(s Said) (Match, bool) {
	line, _ := firstLine(s.Data)
	for _, c := range []string{"?WATCH={", "?WATCH;", "?VERSION;", "?DEVICES;", "?POLL;"} {
		if bytes.HasPrefix(line, []byte(c)) && printable(line) {
			return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", strings.Trim(c, "?={;")), true
		}
	}
	return Match{}, false
}
