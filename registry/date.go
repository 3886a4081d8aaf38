package registry

import (
	"fmt"
	"strconv"
	"strings"
)

// Date is a year, a month or a day, as precise as its source. The zero value
// is no date.
type Date struct {
	Year       int16
	Month, Day uint8 // 0 where the source does not say
}

// ParseDate reads YYYY, YYYY-MM or YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	parts := strings.Split(s, "-")
	limits := []struct{ digits, low, high int }{{4, 1, 9999}, {2, 1, 12}, {2, 1, 31}}
	if len(parts) > 3 {
		return Date{}, fmt.Errorf("%q is no date: write YYYY, YYYY-MM or YYYY-MM-DD", s)
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 16)
		n[i] = int(v)
		if i == 1 && err == nil && len(p) == 2 && (v < 1 || v > 12) {
			return Date{}, fmt.Errorf("%q is no date: there is no month %s", s, p)
		}
		if err != nil || len(p) != limits[i].digits || n[i] < limits[i].low || n[i] > limits[i].high {
			return Date{}, fmt.Errorf("%q is no date: write YYYY, YYYY-MM or YYYY-MM-DD", s)
		}
	}
	d := Date{int16(n[0]), uint8(n[1]), uint8(n[2])}
	if d.Day > daysIn(n[0], n[1]) {
		return Date{}, fmt.Errorf("%q is no date: that month has %d days", s, daysIn(n[0], n[1]))
	}
	return d, nil
}

func daysIn(year, month int) uint8 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// mustDate reads a date of the embedded data, which the tests have checked.
func mustDate(s string) Date {
	d, _ := ParseDate(s)
	return d
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns YYYY, YYYY-MM or YYYY-MM-DD, and "" for the zero date.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes the same as String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// earliest and latest are the first and last day that d can mean, as a number
// that sorts.
func (d Date) earliest() int { return int(d.Year)<<9 | int(max(d.Month, 1))<<5 | int(max(d.Day, 1)) }

func (d Date) latest() int {
	month, day := d.Month, d.Day
	if month == 0 {
		month = 12
	}
	if day == 0 {
		day = 31
	}
	return int(d.Year)<<9 | int(month)<<5 | int(day)
}
