package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/portolan/portolan/registry"
)

func testApp() *app { return &app{env: testEnv()} }

func TestMoment(t *testing.T) {
	for _, c := range []struct {
		text, day, edition, next string
		exact, future            bool
	}{
		{"1994", "1994-12-31", "rfc1700", "iana-2005-12-22", false, false},
		{"1994-10", "1994-10-31", "rfc1700", "iana-2005-12-22", true, false},
		{"1994-10-31", "1994-10-31", "rfc1700", "iana-2005-12-22", false, false},
		{"2005-12-21", "2005-12-21", "rfc1700", "iana-2005-12-22", false, false},
		{"2005-12-22", "2005-12-22", "iana-2005-12-22", "iana-2013-02-18", true, false},
		{"2024-02", "2024-02-29", "", "", false, false},
		{"2025-02-12", "2025-02-12", "iana-2025-01-23", "iana-2025-02-13", false, false},
		{"RFC1340", "1992-07-31", "rfc1340", "rfc1700", true, false},
		{"iana-2026-03-27", "2026-03-27", "iana-2026-03-27", "iana-2026-03-27.2", true, false},
		{"2026-08-17", "2026-08-17", "iana-2026-08-17", "", true, false},
		{"9999", "9999-12-31", "iana-2026-08-17", "", false, true},
	} {
		m, err := testApp().moment(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if m.Day.String() != c.day || c.edition != "" && (m.Edition.ID != c.edition || m.Next.ID != c.next) || m.Exact != c.exact || m.Future != c.future {
			t.Errorf("%s: %s, %s then %q, exact %v, future %v; want %+v", c.text, m.Day, m.Edition.ID, m.Next.ID, m.Exact, m.Future, c)
		}
	}
}

func TestBadMoments(t *testing.T) {
	for text, want := range map[string]string{
		"2026-13": "no month 13", "1994-02-30": "that month has 28 days", "1994/10": "did you mean 1994-10", "2005-1-7": "did you mean 2005-01-07",
		"2005.12.22": "did you mean 2005-12-22", "22.12.2005": "a date is 1994", "": "is no date", "378": "is no date", "wireshark-4.0.17": "is no edition of the registry",
		"0000": "is no date", "2023-02-29": "28 days",
	} {
		_, err := testApp().moment(text)
		var f *failure
		if !errors.As(err, &f) || f.code != exitUsage {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if said := f.Error() + "\n" + strings.Join(f.hints, "\n"); !strings.Contains(said, want) {
			t.Errorf("%q: %q, want %q", text, said, want)
		}
	}
}

func TestPlainDate(t *testing.T) {
	for text, want := range map[string]string{"1994/10/1": "1994-10-01", "1994 10": "1994-10", "10-1994": "", "1994-13": "", "--": "", "1994-1-1-1": ""} {
		if got := plainDate(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Whatever is typed for a date, the answer is a day that exists, with the
// editions around it, or a usage error with a hint.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"1994", "1994-10", "1994-02-30", "2026-13", "rfc1340", "9999-12-31", "0001", "1994/1/1", "\x1b", "１９９４"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := testApp().moment(s)
		if err != nil {
			var fail *failure
			if !errors.As(err, &fail) || fail.code != exitUsage || len(fail.hints) == 0 {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if d, err := registry.ParseDate(m.Day.String()); err != nil || d.Day == 0 {
			t.Errorf("%q: the day %s", s, m.Day)
		}
		if m.Edition.ID == "" && m.Next.ID == "" || m.Edition.ID != "" && m.Next.ID != "" && !before(m.Edition, m.Next) {
			t.Errorf("%q: %q then %q", s, m.Edition.ID, m.Next.ID)
		}
	})
}
