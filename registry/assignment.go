package registry

import (
	"fmt"
	"iter"
	"strings"

	"github.com/portolan/portolan"
)

// Status is what the registry says of a key, in RFC 6335's words.
type Status uint8

// The statuses. The zero value is Unassigned: a key that no row names.
const (
	Unassigned Status = iota
	Assigned
	Reserved
	Dynamic // 49152-65535: never assigned, anyone may use it
)

var statusNames = [...]string{"unassigned", "assigned", "reserved", "dynamic"}

// String returns unassigned, assigned, reserved or dynamic.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// MarshalText writes the same word as String.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what [Status.MarshalText] writes.
func (s *Status) UnmarshalText(b []byte) error {
	for known := range Status(len(statusNames)) {
		if known.String() == string(b) {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("%q is no status: use assigned, reserved, unassigned or dynamic", b)
}

// Assignment is one thing that the sources say a key is for: a row that stood
// unchanged from one source to another of its series. It is a handle of four
// bytes: compare it with ==, copy it freely. Its string methods return slices
// of the binary and do not allocate. Only what this package returns is valid;
// the methods of the zero value answer as if no source said anything.
type Assignment struct{ id uint32 } // row number + 1

func assignment(r row) Assignment { return Assignment{uint32(r) + 1} }

func (a Assignment) row() row { return row(a.id - 1) }

// IsZero reports whether a is no assignment.
func (a Assignment) IsZero() bool { return a.id == 0 }

func (a Assignment) text(field int) string {
	if a.IsZero() {
		return ""
	}
	return a.row().text(field)
}

// Span returns the ports of the row; X11 has one row for 6000-6063.
func (a Assignment) Span() portolan.Span {
	if a.IsZero() {
		return portolan.Span{}
	}
	return a.row().span()
}

// On reports whether the row speaks of transport t. A row that names no
// transport ("256-343 Unassigned") speaks of all.
func (a Assignment) On(t portolan.Transport) bool { return !a.IsZero() && a.row().on(t) }

// NamesTransport reports whether the row names its transports.
func (a Assignment) NamesTransport() bool { return !a.IsZero() && a.row().mask()&anyBit == 0 }

// Status is the row's own: a key may have rows of several.
func (a Assignment) Status() Status {
	if a.IsZero() {
		return Unassigned
	}
	if s := a.row().status(); s != statusSeen {
		return Status(s)
	}
	return Unassigned
}

// Service is the service name as printed, "" where the row has none ("any
// private mail system").
func (a Assignment) Service() string { return a.text(fieldService) }

// Aliases are other names that the same row gives. It allocates.
func (a Assignment) Aliases() []string { return list(a.text(fieldAliases)) }

// Description, as printed.
func (a Assignment) Description() string { return a.text(fieldDescription) }

// Assignee is who the port was assigned to: names, "; " between several.
func (a Assignment) Assignee() string { return a.text(fieldAssignee) }

// Contact is who answers for it: names, "; " between several, never addresses.
func (a Assignment) Contact() string { return a.text(fieldContact) }

// ContactInherited reports that the contact stands after a later row of the
// source and reaches this one only by the habit of the list (RFC 1700).
func (a Assignment) ContactInherited() bool {
	return !a.IsZero() && a.row().flags()&inheritedBit != 0
}

// Registered is the registry's own registration date; zero where it gives none.
func (a Assignment) Registered() Date { return mustDate(a.text(fieldRegistered)) }

// Modified is the registry's own date of the last change; zero where it gives none.
func (a Assignment) Modified() Date { return mustDate(a.text(fieldModified)) }

// References are documents, as "RFC 6335" or an address. It allocates.
func (a Assignment) References() []string { return list(a.text(fieldReferences)) }

// Note is the registry's assignment note.
func (a Assignment) Note() string { return a.text(fieldNote) }

// Unauthorized is what the registry knows of unauthorised use.
func (a Assignment) Unauthorized() string { return a.text(fieldUnauthorized) }

// ServiceCode is DCCP's, in decimal (RFC 4340, section 8.1.2).
func (a Assignment) ServiceCode() string { return a.text(fieldServiceCode) }

// Remark is ours: how a line that is not as it should be was understood.
func (a Assignment) Remark() string { return a.text(fieldRemark) }

// First is the first source of its series that has the row: it stood there at
// or before that source's date.
func (a Assignment) First() Source {
	if a.IsZero() {
		return Source{}
	}
	return source(a.row().firstSource())
}

// Last is the last source of its series that has the row.
func (a Assignment) Last() Source {
	if a.IsZero() {
		return Source{}
	}
	return source(a.row().lastSource())
}

// Citation is a place in a source.
type Citation struct {
	Source Source
	// Page and Line are those of the published text (page as its footer
	// numbers it, line counted from 1); 0 where the source has none.
	Page, Line int
}

// String returns "RFC 1700, Assigned Numbers, page 30, line 1650".
func (c Citation) String() string {
	var b strings.Builder
	b.WriteString(c.Source.Title)
	if c.Page > 0 {
		fmt.Fprintf(&b, ", page %d", c.Page)
	}
	if c.Line > 0 {
		fmt.Fprintf(&b, ", line %d", c.Line)
	}
	return b.String()
}

// Cite says where the row stands in its last source.
func (a Assignment) Cite() Citation {
	if a.IsZero() {
		return Citation{}
	}
	last := a.row().lastSource()
	page, line := a.row().place(last)
	return Citation{source(last), page, line}
}

// CiteIn says where the row stands in a source; ok is false where that has no
// such row.
func (a Assignment) CiteIn(s Source) (c Citation, ok bool) {
	i, found := number(s)
	if a.IsZero() || !found || !a.row().in(i) {
		return Citation{}, false
	}
	page, line := a.row().place(i)
	return Citation{source(i), page, line}, true
}

// Citations yields where the row stands in every source that has it, oldest first.
func (a Assignment) Citations() iter.Seq[Citation] {
	return func(yield func(Citation) bool) {
		if a.IsZero() {
			return
		}
		for i := a.row().firstSource(); i <= a.row().lastSource(); i++ {
			page, line := a.row().place(i)
			if !yield(Citation{source(i), page, line}) {
				return
			}
		}
	}
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "; ")
}
