package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The text file writes days in six ways, and registrations as a month.

var (
	onlyMonth = regexp.MustCompile(`^\(?([A-Z][a-z]+) (\d{4})\)?$`)
	dayForms  = []struct {
		find   *regexp.Regexp
		layout string
	}{
		{regexp.MustCompile(`\b\d{4}-\d{1,2}-\d{1,2}\b`), "2006-1-2"},
		{regexp.MustCompile(`\b\d{4} [A-Z][a-z]+ \d{1,2}\b`), "2006 January 2"},
		{regexp.MustCompile(`\b\d{1,2} [A-Z][a-z]+ \d{4}\b`), "2 January 2006"},
		{regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d\d\b`), "1/2/06"},
	}
	monthForm = regexp.MustCompile(`\b([A-Z][a-z]+) (\d{4})\b`)
)

// dayIn returns the date inside a text, "" where there is none. "12/7/00" is
// none: either number may be the month.
func dayIn(s string) string {
	for _, f := range dayForms {
		m := f.find.FindString(s)
		if m == "" || f.layout == "1/2/06" && !monthFirst(m) {
			continue
		}
		if d, err := time.Parse(f.layout, m); err == nil {
			return d.Format(time.DateOnly)
		}
	}
	m, _ := monthIn(monthForm.FindString(s))
	return m
}

// monthFirst reports whether a date with slashes can only be month, day, year.
func monthFirst(s string) bool {
	_, rest, _ := strings.Cut(s, "/")
	day, _, _ := strings.Cut(rest, "/")
	return atoi(day) > 12
}

// monthIn reads a text that is a month, "November 2003", as "2003-11".
func monthIn(s string) (month, remark string) {
	m := onlyMonth.FindStringSubmatch(s)
	if m == nil {
		return "", ""
	}
	name := m[1]
	if name == "Novebmer" {
		name, remark = "November", "printed Novebmer"
	}
	n := slices.IndexFunc(months, func(t string) bool { return t == name })
	if n < 0 {
		return "", ""
	}
	return fmt.Sprintf("%s-%02d", m[2], n+1), remark
}

var months = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
