package main

import (
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/twin"
)

// Three editions: 5/tcp changes hands in the second, the third, of the same
// day, takes the unassigned run apart.
var (
	weeklyFirst = ianaFile{Records: []ianaRecord{
		{Name: "a", Number: "5", Protocol: "tcp", Xref: "person:Ann_Lee"},
		{Name: "nameless", Protocol: "tcp"},
		{Number: "7-9", Description: "Unassigned"},
	}, People: map[string]string{"Ann_Lee": "Anne Lee"}}
	weeklyLast = ianaFile{Records: []ianaRecord{
		{Name: "b", Number: "5", Protocol: "tcp", Xref: "person:Bo"},
		{Name: "nameless", Protocol: "tcp"},
		{Name: "other", Protocol: "tcp"},
		{Number: "8-9", Description: "Unassigned"},
		{Name: "c", Number: "7", Protocol: "udp"},
	}, People: map[string]string{"Bo": "Bo Ek"}}
)

const weeklyEvents = `{"date":"2020-01-02","prevdate":"2020-01-01","key":["5","tcp"],"kind":"changed","old":[{"name":"a","number":"5","protocol":"tcp","xref":"person:Ann_Lee"}],"new":[{"name":"b","number":"5","protocol":"tcp","xref":"person:Bo"}]}
{"date":"2020-01-02","prevdate":"2020-01-01","key":["","tcp"],"kind":"added","old":[],"new":[{"name":"other","protocol":"tcp"}]}
{"date":"2020-01-02","prevdate":"2020-01-02","key":["7-9",""],"kind":"removed","old":[{"number":"7-9","description":"Unassigned"}],"new":[]}
{"date":"2020-01-02","prevdate":"2020-01-02","key":["8-9",""],"kind":"added","old":[],"new":[{"number":"8-9","description":"Unassigned"}]}
{"date":"2020-01-02","prevdate":"2020-01-02","key":["7","udp"],"kind":"added","old":[],"new":[{"name":"c","number":"7","protocol":"udp"}]}
`

const weeklyDates = "updated\trecords\n2020-01-01\t3\n2020-01-02\t4\n2020-01-02\t5\n2020-01-09\t5\n"

func TestReplay(t *testing.T) {
	events, err := readEvents([]byte(weeklyEvents))
	if err != nil {
		t.Fatal(err)
	}
	changes, list, err := replay(weeklyFirst, weeklyLast, readDates([]byte(weeklyDates)), events)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		sign := "+"
		if c.Gone {
			sign = "-"
		}
		got = append(got, strings.Join([]string{c.Edition, sign, c.Row.Span.String(), c.Row.Service, c.Row.Contact}, " "))
	}
	want := "iana-2020-01-02 - 5 a Anne Lee|iana-2020-01-02 + 5 b Bo Ek|" +
		"iana-2020-01-02.2 + 7 c |iana-2020-01-02.2 - 7-9  |iana-2020-01-02.2 + 8-9  "
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if len(list) != 2 || list[0] != (twin.EditionLine{ID: "iana-2020-01-02", Date: "2020-01-02", Rows: 2, LeftOut: 2}) ||
		list[1] != (twin.EditionLine{ID: "iana-2020-01-02.2", Date: "2020-01-02", Rows: 3, LeftOut: 2}) {
		t.Errorf("editions %+v", list)
	}
}

// A replay that does not fit is refused: changes that lead nowhere would be history.
func TestReplayRefuses(t *testing.T) {
	for name, c := range map[string]struct{ events, dates, want string }{
		"an old record that is not there": {strings.Replace(weeklyEvents, `"old":[{"name":"a"`, `"old":[{"name":"x"`, 1), weeklyDates, `takes out "x" of 5/tcp`},
		"a missing edition":               {weeklyEvents, strings.Replace(weeklyDates, "2020-01-02\t4\n", "", 1), "no edition of"},
		"another end":                     {strings.Replace(weeklyEvents, `"new":[{"name":"b"`, `"new":[{"name":"x"`, 1), weeklyDates, "differs from the newest edition"},
		"a row too many":                  {strings.Replace(weeklyEvents, `"new":[{"name":"c"`, `"new":[{"name":"d","number":"9","protocol":"dccp"},{"name":"c"`, 1), weeklyDates, "differs from the newest"},
	} {
		events, err := readEvents([]byte(c.events))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := replay(weeklyFirst, weeklyLast, readDates([]byte(c.dates)), events); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzWeekly: any events on any days end in changes of real rows, or in an error.
func FuzzWeekly(f *testing.F) {
	f.Add([]byte(weeklyEvents), []byte(weeklyDates))
	f.Add([]byte(`{"key":["0-65535",""],"new":[{}]}`), []byte("\n"))
	f.Fuzz(func(t *testing.T, text, dates []byte) {
		events, err := readEvents(text)
		if err != nil {
			return
		}
		days := readDates(dates)
		if len(days) == 0 {
			return
		}
		changes, list, _ := replay(weeklyFirst, weeklyLast, days, events)
		for _, c := range changes {
			if c.Row.Span.First > c.Row.Span.Last || !strings.HasPrefix(c.Edition, "iana-") || len(list) == 0 {
				t.Errorf("%+v of %d editions", c, len(list))
			}
		}
	})
}
