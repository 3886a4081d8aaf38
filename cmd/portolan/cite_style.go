package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// This file writes citations out. Texts of sources come from outside: each style
// escapes what it would take for its own.

// subject says what is cited: "378/tcp, dsETOS (NEC Corporation)".
func (c *citation) subject() string {
	key := portolan.Key{Port: c.Port, Transport: c.Transport}.String()
	switch {
	case !c.Listed && c.Status == registry.Dynamic:
		return key + ", no row: dynamic"
	case !c.Listed:
		return key + ", no row: " + c.Status.String()
	case c.Status != registry.Assigned:
		return key + ", " + c.Status.String() + inBrackets(c.Description)
	case c.Service == "":
		return key + ", " + c.Description
	case c.Description == c.Service:
		return key + ", " + c.Service
	}
	return key + ", " + c.Service + inBrackets(c.Description)
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// where says page and line, "" where the document has neither.
func (c *citation) where() string {
	var all []string
	if c.Page != nil {
		all = append(all, "page "+strconv.Itoa(*c.Page))
	}
	if c.Line != nil {
		all = append(all, "line "+strconv.Itoa(*c.Line))
	}
	return strings.Join(all, ", ")
}

// document names the document without its date: "RFC 1700, Assigned Numbers".
func (c *citation) document() string {
	if c.Number != nil {
		return "RFC " + strconv.Itoa(*c.Number) + ", " + c.Title
	}
	return c.Title
}

// published says "RFC Editor, 1994-10" or "IANA, edition of 2026-08-17".
func (c *citation) published() string {
	if c.Number != nil {
		return c.Publisher + ", " + c.Date
	}
	return c.Publisher + ", edition of " + c.Date
}

// tail is what every citation ends with.
func (c *citation) tail(version string) string {
	s := "portolan data " + version
	if c.Accessed != nil {
		s += ", accessed " + *c.Accessed
	}
	return s
}

func (c *citation) plain(version string) string {
	s := c.subject() + ". " + c.document() + ". " + c.published()
	if w := c.where(); w != "" {
		s += ", " + w
	}
	return oneLine(s + ". " + c.URL + " [" + c.tail(version) + "]")
}

func (c *citation) markdown(version string) string {
	title := markdownText(c.document())
	if strings.HasPrefix(c.URL, "https://") || strings.HasPrefix(c.URL, "http://") {
		title = "[" + title + "](" + markdownURL(c.URL) + ")"
	} else if c.URL != "" {
		title += " (" + markdownText(c.URL) + ")"
	}
	s := markdownText(c.subject()) + ". " + title + ". " + markdownText(c.published())
	if w := c.where(); w != "" {
		s += ", " + w
	}
	return oneLine(s + ". (" + markdownText(c.tail(version)) + ")")
}

// oneLine keeps a citation on the line that it is copied from.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "&", `\&`, "#", `\#`, "~", `\~`, "$", `\$`)

func markdownText(s string) string { return markdownEscapes.Replace(s) }

// markdownURL encodes the signs that would end a link's address.
func markdownURL(s string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E").Replace(s)
}

// bibtexEscapes are the signs that TeX takes for its own. BibTeX counts braces
// even behind a backslash, so these have a name.
var bibtexEscapes = strings.NewReplacer(`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\textbraceleft{}`, "}", `\textbraceright{}`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, `"`, "''", "\n", " ", "\t", " ")

func bibtexText(s string) string { return bibtexEscapes.Replace(s) }

// bibtex writes an entry of the kind misc, which demands no author: the
// registry's editions name none.
func (c *citation) bibtex(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s,\n", c.Key)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-12s = {%s},\n", name, value)
		}
	}
	// The second braces keep BibTeX from changing the case of the title.
	field("title", "{"+bibtexText(c.Title)+"}")
	if c.Number != nil {
		field("howpublished", "RFC "+strconv.Itoa(*c.Number))
		field("number", strconv.Itoa(*c.Number))
	} else {
		field("howpublished", "Edition of "+c.Date)
	}
	field("publisher", bibtexText(c.Publisher))
	field("year", fmt.Sprintf("%04d", c.date.Year))
	if c.date.Month > 0 {
		// A macro that every style knows, so without braces.
		fmt.Fprintf(&b, "  %-12s = %s,\n", "month", bibtexMonths[c.date.Month-1])
	}
	field("pages", numberText(c.Page))
	if strings.HasPrefix(c.URL, "http") {
		field("url", bibtexURL(c.URL))
	}
	if c.Accessed != nil {
		field("urldate", *c.Accessed)
	}
	note := c.subject()
	if w := c.where(); w != "" {
		note += "; " + w
	}
	field("note", bibtexText(oneLine(note+"; "+c.tail(version))))
	b.WriteString("}")
	return b.String()
}

var bibtexMonths = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// bibtexURL encodes what would unbalance the braces; url fields are read as
// they are.
func bibtexURL(s string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C", " ", "%20").Replace(s)
}
