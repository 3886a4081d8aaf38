package protocol

import (
	"bytes"
	"encoding/json"
)

// gpsd greets with a JSON object of the class VERSION.
var gpsd = Protocol{
	Name: "gpsd", Title: "gpsd", Source: "gpsd_json(5), VERSION", TCPOnly: true,
	Services: []string{"gpsd"},
	Usual:    []uint16{2947},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		if !whole || !bytes.HasPrefix(line, []byte(`{"class":"VERSION",`)) {
			return Match{}, false
		}
		var v struct {
			Release string `json:"release"`
			Major   int    `json:"proto_major"`
		}
		if json.Unmarshal(line, &v) != nil || v.Release == "" || v.Major == 0 {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: Banner, Version: v.Release, To: len(line)}, true
	},
	Opening: func(s Said) (Match, bool) {
		line, _ := firstLine(s.Data)
		return Match{Strength: Certain, Kind: Opening, To: len(line)}, bytes.HasPrefix(line, []byte("?WATCH={")) || string(line) == "?VERSION;"
	},
}
