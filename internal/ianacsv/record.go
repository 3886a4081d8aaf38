package ianacsv

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// Record is a line of IANA's CSV: its twelve columns. The names of the fields
// are the columns' without spaces, as a JSON form of the file has them.
type Record struct {
	ServiceName, PortNumber, TransportProtocol, Description string
	Assignee, Contact                                       string
	RegistrationDate, ModificationDate                      string
	Reference, ServiceCode                                  string
	KnownUnauthorizedUses, AssignmentNotes                  string
}

// Rows makes the rows that a record stands for: two for a named one without a
// transport. A name without a port is an error.
func (rec Record) Rows() ([]twin.Row, error) {
	row := twin.Row{Service: rec.ServiceName, Description: rec.Description, Assignee: csvPeople(rec.Assignee), Contact: csvPeople(rec.Contact),
		Registered: rec.RegistrationDate, Modified: rec.ModificationDate, ServiceCode: rec.ServiceCode,
		Note: csvText(rec.AssignmentNotes), Unauthorized: csvText(rec.KnownUnauthorizedUses)}
	csvReferences(&row, rec.Reference)
	if row.Assignee == "" {
		row.Assignee = row.Contact
	}
	return Rows(row, rec.PortNumber, rec.TransportProtocol)
}

// csvBracket is one of the brackets that a cell consists of: "[A_B][C_D]".
var csvBracket = regexp.MustCompile(`\[([^\[\]]*)\]`)

// csvNames are the people whose keys are no form of their names, or a form cut
// short in the middle, by what KeyName makes of the key. IANA's editions of
// 2015-01-09 and 2017-03-10, before and after, both give these names for the keys.
var csvNames = map[string]string{
	"APCO Project":       "Steve Glass",
	"Ari Huisken":        "Ari√´n Huisken", // so misprinted in the editions
	"Blockade":           "VP - Research & Development",
	"Erlang":             "Erlang/OTP support",
	"F Englert":          "Fl√°vio Englert",
	"Frank B":            "Frank Bredenbr√∂cker",
	"G Runfeldt":         "G√∂ran Runfeldt",
	"GPP Specifications": "John M Meredith",
	"Hannes K":           "Hannes K√§lber",
	"Heikki E":           "Heikki Ellil√§",
	"J A Sever":          "J. A. (Tony) Sever",
	"Juho Herttua":       "Juho Vähä-Herttua",
	"Rajesh D":           "Rajesh Dav√©",
	"Weng Chin Yung":     "Weng Chin (Winson) Yung",
	"Wire IANA Contact":  "2Wire IANA Contact",
}

// csvPeople resolves the keys of a cell, without a list of people.
func csvPeople(cell string) string {
	var names []string
	for _, m := range csvBracket.FindAllStringSubmatch(cell, -1) {
		name := WithoutAddresses(KeyName(m[1]))
		if known := csvNames[name]; known != "" {
			name = known
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}

var (
	csvRFC      = regexp.MustCompile(`^RFC\d+$`)
	csvFootnote = regexp.MustCompile(`^\d+$`)
)

// csvReferences sorts the brackets of the reference cell as crossReferences
// does: documents, the number of a footnote, and a contact who stands there.
func csvReferences(row *twin.Row, cell string) {
	var docs []string
	for _, m := range csvBracket.FindAllStringSubmatch(cell, -1) {
		switch s := m[1]; {
		case csvRFC.MatchString(s):
			docs = append(docs, RFCName(s))
		case csvFootnote.MatchString(s):
			row.Remark = "the registry adds its footnote " + s
		case MailAddress.MatchString(s):
			row.Contact = JoinNames(row.Contact, WithoutAddresses(s[:strings.IndexByte(s, '<')]))
		case s != "n/a":
			docs = append(docs, s)
		}
	}
	row.References = strings.Join(docs, "; ")
}

// csvInline is a bracket inside a text that stands for an RFC, a web page or a
// person. Other brackets belong to the text ("[1 year assignment]").
var csvInline = regexp.MustCompile(`\[(RFC\d+|\w+://[^\[\]\s]*|[A-Z][a-z]*(?:_\w+)+)\]`)

// csvText gives a note the form that the XML's notes have in a twin.
func csvText(s string) string {
	s = csvInline.ReplaceAllStringFunc(s, func(tag string) string {
		switch t := strings.Trim(tag, "[]"); {
		case csvRFC.MatchString(t):
			return RFCName(t)
		case strings.Contains(t, "://"):
			return t
		default:
			return KeyName(t)
		}
	})
	return MailAddress.ReplaceAllString(s, "")
}
