package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// IANA publishes its registry anew about once a week. A run of such editions
// is given by the first of them, by what changed from each to the next (a line
// of JSON for each key), and by a list of their days.

// event is what changed for one number and transport.
type event struct {
	Date     string       `json:"date"` // of the first edition that shows it
	Previous string       `json:"prevdate"`
	Key      [2]string    `json:"key"` // number as printed, transport
	Old      []ianaRecord `json:"old"`
	New      []ianaRecord `json:"new"`
}

// weekly is the state of a replay: the registry as of one edition.
type weekly struct {
	file    ianaFile                           // for its people
	records map[string]map[string][]ianaRecord // by number, then by transport
	rows    int
	leftOut int
}

// newWeekly starts at an edition. People are looked up in the newest edition
// first: a name that was mended there is not a change of the rows.
func newWeekly(first, newest ianaFile) *weekly {
	w := &weekly{file: ianaFile{People: newest.People}, records: map[string]map[string][]ianaRecord{}}
	for key, name := range first.People {
		if w.file.People[key] == "" {
			w.file.People[key] = name
		}
	}
	for _, rec := range first.Records {
		at := w.at(rec.Number)
		at[rec.Protocol] = append(at[rec.Protocol], rec)
	}
	for number := range w.records {
		rows, left := w.convert(number)
		w.rows += len(rows)
		w.leftOut += left
	}
	return w
}

func (w *weekly) at(number string) map[string][]ianaRecord {
	if w.records[number] == nil {
		w.records[number] = map[string][]ianaRecord{}
	}
	return w.records[number]
}

// apply takes an event's old records out and puts the new ones in.
func (w *weekly) apply(e event) error {
	number, transport := e.Key[0], e.Key[1]
	records := w.at(number)[transport]
	for _, old := range e.Old {
		i := slices.Index(records, old)
		if i < 0 {
			return fmt.Errorf("an event takes out %q of %s/%s, which the edition before lacks", old.Name, number, transport)
		}
		records = slices.Delete(records, i, i+1)
	}
	w.at(number)[transport] = append(records, e.New...)
	return nil
}

// convert makes the rows of one number, as readIANAXML would.
func (w *weekly) convert(number string) (rows []twin.Row, leftOut int) {
	for _, records := range w.records[number] {
		for _, rec := range records {
			got, err := w.file.rows(rec)
			if err != nil {
				leftOut++
			}
			rows = append(rows, got...)
		}
	}
	addAliases(rows)
	slices.SortFunc(rows, twin.Compare)
	return rows, leftOut
}

// step makes the changes of one edition and returns the rows that went and came.
func (w *weekly) step(id string, events []event) ([]twin.Change, error) {
	before := map[string][]twin.Row{}
	for _, e := range events {
		number := e.Key[0]
		if _, ok := before[number]; !ok {
			rows, left := w.convert(number)
			before[number] = rows
			w.rows -= len(rows)
			w.leftOut -= left
		}
		if err := w.apply(e); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
	}
	var changes []twin.Change
	for number, old := range before {
		rows, left := w.convert(number)
		w.rows += len(rows)
		w.leftOut += left
		changes = append(changes, difference(id, old, rows)...)
	}
	slices.SortFunc(changes, func(a, b twin.Change) int {
		if c := twin.Compare(a.Row, b.Row); c != 0 {
			return c
		}
		return strings.Compare(a.String(), b.String())
	})
	return changes, nil
}

// difference lists the rows of a that b lacks and those of b that a lacks.
func difference(id string, a, b []twin.Row) []twin.Change {
	var changes []twin.Change
	rest := slices.Clone(b)
	for _, r := range a {
		if i := slices.Index(rest, r); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			changes = append(changes, twin.Change{Edition: id, Gone: true, Row: r})
		}
	}
	for _, r := range rest {
		changes = append(changes, twin.Change{Edition: id, Row: r})
	}
	return changes
}

// replay goes through all editions but the first and the last, which have
// twins of their own, and checks that the changes lead from one to the other.
// dates has the day of every edition, the first and the last too.
func replay(first, newest ianaFile, dates []string, events []event) (changes []twin.Change, list []twin.EditionLine, err error) {
	w := newWeekly(first, newest)
	for i, date := range dates[1:] {
		var now []event
		for len(events) > 0 && events[0].Date == date && events[0].Previous == dates[i] {
			now = append(now, events[0])
			events = events[1:]
		}
		id := editionID(dates[:i+2])
		made, err := w.step(id, now)
		if err != nil {
			return nil, nil, err
		}
		if i == len(dates)-2 {
			break // the last
		}
		changes = append(changes, made...)
		list = append(list, twin.EditionLine{ID: id, Date: date, Rows: w.rows, LeftOut: w.leftOut})
	}
	if len(events) > 0 {
		return nil, nil, fmt.Errorf("no edition of %s follows one of %s, as an event says", events[0].Date, events[0].Previous)
	}
	return changes, list, w.check(newest)
}

// editionID names the last of dates; the second edition of a day is ".2".
func editionID(dates []string) string {
	id := "iana-" + dates[len(dates)-1]
	if n := len(dates); n > 1 && dates[n-1] == dates[n-2] {
		id += ".2"
	}
	return id
}

// check compares the end of a replay with the edition that it should be.
func (w *weekly) check(newest ianaFile) error {
	want := newWeekly(newest, newest)
	for number := range want.records {
		got, _ := w.convert(number)
		rows, _ := want.convert(number)
		if d := difference("", got, rows); len(d) > 0 {
			return fmt.Errorf("replayed to the end, %q differs from the newest edition: %s", number, d[0])
		}
	}
	if w.rows != want.rows {
		return fmt.Errorf("replayed to the end there are %d rows, the newest edition has %d", w.rows, want.rows)
	}
	return nil
}

// weeklyFiles reads the files of a run of editions: FIRST_to_LAST_events.jsonl
// and _dates.tsv, FIRST_iana-xml.json and LAST_iana-xml.json beside it.
func weeklyFiles(path string, text []byte) ([]twin.Change, []twin.EditionLine, []Reject, error) {
	run, ok := strings.CutSuffix(path, "_events.jsonl")
	first, last, ok2 := strings.Cut(filepath.Base(run), "_to_")
	if !ok || !ok2 {
		return nil, nil, nil, fmt.Errorf("%s is not called FIRST_to_LAST_events.jsonl", path)
	}
	var editions [2]ianaFile
	for i, date := range [...]string{first, last} {
		raw, err := os.ReadFile(filepath.Join(filepath.Dir(path), date+"_iana-xml.json"))
		if err != nil {
			return nil, nil, nil, err
		}
		if err := json.Unmarshal(raw, &editions[i]); err != nil {
			return nil, nil, nil, err
		}
	}
	table, err := os.ReadFile(run + "_dates.tsv")
	if err != nil {
		return nil, nil, nil, err
	}
	events, err := readEvents(text)
	if err != nil {
		return nil, nil, nil, err
	}
	changes, list, err := replay(editions[0], editions[1], readDates(table), events)
	return changes, list, portless(events), err
}

// portless lists what the events say of names without a port: no key to keep
// it under.
func portless(events []event) []Reject {
	var left []Reject
	for i, e := range events {
		if e.Key[0] == "" {
			left = append(left, Reject{i + 1, strings.Join([]string{e.Date, "-", names(e.Old), "+", names(e.New)}, " "), "a service name without a port number"})
		}
	}
	return left
}

func names(records []ianaRecord) string {
	var all []string
	for _, r := range records {
		all = append(all, r.Name+"/"+r.Protocol)
	}
	return strings.Join(all, " ")
}

// readDates takes the first column of a table with a header.
func readDates(table []byte) []string {
	var dates []string
	for line := range strings.Lines(string(table)) {
		date, _, _ := strings.Cut(line, "\t")
		dates = append(dates, date)
	}
	return dates[min(1, len(dates)):]
}

// readEvents reads a line of JSON for each event.
func readEvents(text []byte) ([]event, error) {
	var all []event
	dec := json.NewDecoder(bytes.NewReader(text))
	for dec.More() {
		var e event
		if err := dec.Decode(&e); err != nil {
			return nil, fmt.Errorf("event %d: %w", len(all)+1, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// weeklySource is readSource for a run of editions.
func weeklySource(s *twin.Source, path, history string, text []byte) error {
	changes, list, left, err := weeklyFiles(path, text)
	if err != nil {
		return err
	}
	s.Rows, s.LeftOut = len(changes), len(left)
	var out bytes.Buffer
	if err := twin.WriteChanges(&out, changes); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(history, s.ID+".tsv"), out.Bytes(), 0o644); err != nil {
		return err
	}
	out.Reset()
	if err := twin.WriteEditions(&out, list); err != nil {
		return err
	}
	fmt.Printf("%-24s %6d changes, %d editions, %d left out\n", s.ID, len(changes), len(list), len(left))
	if err := os.WriteFile(filepath.Join(history, s.ID+".editions.tsv"), out.Bytes(), 0o644); err != nil {
		return err
	}
	return writeLeftOut(filepath.Join(history, s.ID+".left-out.tsv"), left)
}
