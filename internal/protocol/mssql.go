package protocol

import "fmt"

// mssql is asked for PRELOGIN, which comes before any login and states the version.
var mssql = Protocol{
	Name: "mssql", Title: "Microsoft SQL Server (TDS)", Source: "MS-TDS, sections 2.2.3.1 and 2.2.6.5", TCPOnly: true,
	Services: []string{"ms-sql-s"},
	Usual:    []uint16{1433},
	Answer:   answerTDS,
	Opening: func(s Said) (Match, bool) {
		if _, ok := tdsPrelogin(s.Data, 0x12); ok {
			return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}, true
		}
		n, _ := be16(s.Data, 2)
		ok := len(s.Data) >= 44 && s.Data[0] == 0x10 && s.Data[1] <= 1 && n >= len(s.Data) && s.Data[12+3] >= 0x70 && s.Data[12+3] <= 0x74
		return Match{Strength: Likely, Kind: Opening, To: len(s.Data)}, ok
	},
	Questions: []Question{{Name: "mssql-prelogin", When: Anywhere, Rank: 26, Bytes: fixed("\x12\x01\x00\x2f\x00\x00\x01\x00" +
		"\x00\x00\x1a\x00\x06\x01\x00\x20\x00\x01\x02\x00\x21\x00\x01\x03\x00\x22\x00\x04\x04\x00\x26\x00\x01\xff" +
		"\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")}},
}

// tdsPrelogin returns the data of a PRELOGIN message's VERSION option; false
// where the packet, its table of options or its lengths are not in order.
func tdsPrelogin(b []byte, kind byte) ([]byte, bool) {
	n, ok := be16(b, 2)
	if !ok || len(b) < 14 || b[0] != kind || b[1] != 1 || n != len(b) || b[4] != 0 && kind == 0x12 {
		return nil, false
	}
	body := b[8:]
	var version []byte
	for at, options := 0, 0; at < len(body); options++ {
		if body[at] == 0xff {
			return version, options > 0 && len(version) == 6
		}
		from, ok1 := be16(body, at+1)
		size, ok2 := be16(body, at+3)
		if !ok1 || !ok2 || from+size > len(body) || body[at] > 8 {
			return nil, false
		}
		if body[at] == 0 {
			version = body[from : from+size]
		}
		at += 5
	}
	return nil, false
}

func answerTDS(s Said) (Match, bool) {
	v, ok := tdsPrelogin(s.Data, 0x04)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	m.Version = fmt.Sprintf("%d.%d.%d", v[0], v[1], int(v[2])<<8|int(v[3]))
	return m, true
}
