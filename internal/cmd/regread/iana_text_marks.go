package main

import (
	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// portMark says to which rows a comment belongs that is on ports and not a
// contact. There are few, and no two read alike, so they are told by their text.
type portMark struct {
	ports   string
	service string // "": of every row of the ports
	cell    cell
	text    string // "": as printed
}

// cell is the column that a comment goes to.
type cell func(*twin.Row) *string

func noteCell(r *twin.Row) *string    { return &r.Note }
func useCell(r *twin.Row) *string     { return &r.Unauthorized }
func contactCell(r *twin.Row) *string { return &r.Contact }

// markedLine is a comment of the table at its place in the text.
type markedLine struct {
	portMark
	line int
}

// portMarks are the comments by their text, without # and addresses. One
// without ports is the rest of the comment before.
var portMarks = map[string]portMark{
	"PORT 90 also being used unofficially by Pointcast":             {"90", "", useCell, ""},
	"106 Unauthorized use by insecure poppassd protocol":            {"106", "", useCell, ""},
	"Port 126 Previously assigned to application below":             {"126", "", noteCell, "Port 126 Previously assigned to application below: unitary, Unisys Unitary Login"},
	"Port 126 Previously assigned to application above":             {},
	`Possible Conflict of Port 222 with "Masqdialer"`:               {"222", "", noteCell, ""},
	"Contact for Masqdialer is Charles Wright":                      {"222", "", noteCell, ""},
	"Use of 585 is not recommended, use 993 instead":                {"585", "", noteCell, ""},
	"Microsoft (unoffically) using 1232":                            {"1232", "", useCell, ""},
	"Microsoft (unoffically) using 1895":                            {"1895", "", useCell, ""},
	"<== NOTE Conflict on 2049 !":                                   {"2049", "", noteCell, "Conflict on 2049 !"},
	"Port 2370 Unofficially used by Compaq":                         {"2370", "", useCell, ""},
	"3300-3301 Unauthorized Use by SAP R/3":                         {"3300-3301", "", useCell, ""},
	"Potential Conflict of ports":                                   {"4000", "", useCell, "Potential Conflict of ports: PORT 4000 also used by ICQ"},
	"PORT 4000 also used by ICQ":                                    {},
	"Compuserve (unoffically) is using port 4144":                   {"4144", "", useCell, ""},
	"PROBLEM krb524 assigned the port,":                             {"4444", "", useCell, "krb524 assigned the port, nv used it without an assignment"},
	"PROBLEM nv used it without an assignment":                      {},
	"Port 5555 also used by HP Omniback":                            {"5555", "", useCell, ""},
	"The following blocks are in use by Seagate Software 6400-6410": {"6400-6410", "", noteCell, ""},
	"The previous ports are in use by Seagate Software 6400-6410":   {},
	"Contact for these ports is Wade Richards":                      {"6400-6410", "", contactCell, "Wade Richards"},
	"Unofficial use of port 6588 by AnalogX and Microsoft":          {"6588", "", useCell, ""},
	`The protocol name "pdl-datastream" is primarily registered for use`: {"9100", "pdl-datastream", noteCell,
		`The protocol name "pdl-datastream" is primarily registered for use in DNS SRV records (RFC 2782). DNS SRV records allow a ` +
			`protocol to run on any port number, but the default port for this protocol is 9100.`},
	"in DNS SRV records (RFC 2782). DNS SRV records allow a protocol to run on": {},
	"any port number, but the default port for this protocol is 9100 ####.":     {},
}

// markPorts brings the comments to their rows. A port that only a comment
// speaks of gets a row of its own: nobody has it, and somebody uses it.
func markPorts(rows []twin.Row, marks []markedLine) []twin.Row {
	for _, m := range marks {
		span, err := portolan.ParseSpan(m.ports)
		if err != nil {
			continue
		}
		found := false
		for i := range rows {
			r := &rows[i]
			if span.Contains(r.Span.First) && span.Contains(r.Span.Last) && (m.service == "" || m.service == r.Service) {
				*m.cell(r) = joinNames(*m.cell(r), m.text)
				found = true
			}
		}
		if !found {
			row := twin.Row{Span: span, Transport: twin.Any, Status: "unassigned", Line: m.line, Remark: "printed in a comment only"}
			*m.cell(&row) = m.text
			rows = append(rows, row)
		}
	}
	return rows
}
