package main

import (
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// A few rows of RFC 1700 print their contact where the description goes: the
// name behind the text of the tcp row, the address behind that of the udp row
// ("uucp-rlogin  Stuart Lynne", "uucp-rlogin  user@example.org").

// mendContacts takes addresses out of descriptions, and a name that stands in
// the row before in the address's place, which becomes a contact.
func mendContacts(rows []twin.Row) {
	for i := range rows {
		r := &rows[i]
		text := withoutAddresses(r.Description)
		if text == r.Description {
			continue
		}
		r.Description = text
		r.Remark = joinNames(r.Remark, "an address in the description is left out")
		if i == 0 || text == "" || rows[i-1].Span != r.Span || rows[i-1].Service != r.Service {
			continue
		}
		if name, ok := strings.CutPrefix(rows[i-1].Description, text+" "); ok {
			nameFromDescription(&rows[i-1], r, text, name)
		}
	}
}

// nameFromDescription gives both rows of a pair the contact that the first
// prints behind its description. A contact from a later line, if it was only
// inherited, gives way: what a row says itself comes first.
func nameFromDescription(a, b *twin.Row, text, name string) {
	a.Description = text
	a.Remark = joinNames(a.Remark, "the description went on with the contact's name")
	for _, r := range [...]*twin.Row{a, b} {
		if r.Contact == "" || r.Via != "" {
			r.Contact, r.Via = name, ""
		}
	}
}

// remarkHalves marks a nameless reserved tcp row that the udp row of the next
// port follows: "1023/tcp Reserved", "1024/udp Reserved". Both stay as printed.
func remarkHalves(rows []twin.Row) {
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.Status == "reserved" && b.Status == "reserved" && a.Transport == portolan.TCP && b.Transport == portolan.UDP &&
			a.Span.Len() == 1 && b.Span.Len() == 1 && int(b.Span.First) == int(a.Span.First)+1 {
			pair := "printed as a pair: " + a.Span.String() + "/tcp, " + b.Span.String() + "/udp"
			a.Remark, b.Remark = joinNames(a.Remark, pair), joinNames(b.Remark, pair)
		}
	}
}
