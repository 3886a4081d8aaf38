package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// mssqlBrowser is asked for the instance that has no name of its own: asking
// for all of them is how others are flooded.
var mssqlBrowser = Protocol{
	Name: "mssql-browser", Title: "SQL Server Browser", Source: "MS-SQLR, section 2.2",
	Services: []string{"ms-sql-m"},
	Usual:    []uint16{1434},
	Answer:   answerMSSQLBrowser,
	Opening:  openingMSSQLBrowser,
	Questions: []Question{
		{Name: "mssql-browser-instance", Transport: portolan.UDP, When: AtHome, Bytes: fixed("\x04MSSQLSERVER\x00")},
	},
}

// answerMSSQLBrowser reads "ServerName;HOST;InstanceName;NAME;IsClustered;No;Version;15.0.2000.5;tcp;1433;;".
func answerMSSQLBrowser(s Said) (Match, bool) {
	size, _ := le16(s.Data, 1)
	if !datagram(s, 16) || s.Data[0] != 5 || size != len(s.Data)-3 || !bytes.HasPrefix(s.Data[3:], []byte("ServerName;")) {
		return Match{}, false
	}
	if !bytes.HasSuffix(s.Data, []byte(";;")) || !printable(bytes.TrimRight(s.Data[3:], "\x00")) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	first, _, _ := strings.Cut(string(s.Data[3:]), ";;")
	parts := strings.Split(first, ";")
	for i := 0; i+1 < len(parts) && i < 16; i += 2 {
		switch value := parts[i+1]; parts[i] {
		case "ServerName":
			m = m.with("host", value)
		case "InstanceName":
			m = m.with("instance", value)
		case "Version":
			m.Version = value
		case "tcp":
			m = m.with("tcp", value)
		case "np":
			m = m.with("pipe", value)
		}
	}
	return m, true
}

// openingMSSQLBrowser recognises the questions for one instance and for its
// administrator's port; the one for all is a single byte.
func openingMSSQLBrowser(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 1) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	switch {
	case len(b) == 1 && (b[0] == 2 || b[0] == 3):
		m.Strength = Hint
		return m.with("asks", "all"), true
	case len(b) > 2 && len(b) <= 34 && b[0] == 4 && b[len(b)-1] == 0 && words(b[1:len(b)-1]):
		return m.with("instance", string(b[1:len(b)-1])), true
	case len(b) > 3 && len(b) <= 35 && b[0] == 15 && b[1] == 1 && b[len(b)-1] == 0 && words(b[2:len(b)-1]):
		return m.with("asks", "administrator's port").with("instance", string(b[2:len(b)-1])), true
	}
	return Match{}, false
}
