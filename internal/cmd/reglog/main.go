// Command reglog appends to the log of what was recorded, registry/history/log.tsv:
// every source of registry/history that is not in it yet, in the order of
// sources.tsv. docs/formats/history-log.md says what the log is for.
//
//	go run ./internal/cmd/reglog
//
// It refuses where a source that is in the log no longer says what was recorded,
// and names the first line that differs. Where the source was read anew, and
// better, that is a mend, which is recorded too:
//
//	go run ./internal/cmd/reglog -mend rfc1700 -reason "the contact of 378 was cut short"
//
// The lines as they were come from the packed form, so run it before regpack, or
// from a folder with the twins as they were (-was). At a release, and only then:
//
//	go run ./internal/cmd/reglog -release 0.1.0
//
// -reset forgets what was appended since the last release, whose head nobody has
// been given yet, and appends it anew.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/portolan/portolan/internal/logbook"
	"github.com/portolan/portolan/internal/unpack"
)

// options are the flags.
type options struct {
	registry, was, mend, reason, release string
	reset                                bool
}

func main() {
	var o options
	flag.StringVar(&o.registry, "registry", "registry", "folder of the registry `package`")
	flag.StringVar(&o.mend, "mend", "", "record that the `source` was read anew")
	flag.StringVar(&o.reason, "reason", "", "why: a `text`, for -mend")
	flag.StringVar(&o.was, "was", "", "`folder` with the twins as they were recorded; default: the packed form")
	flag.StringVar(&o.release, "release", "", "record the tree head as that of a `version`")
	flag.BoolVar(&o.reset, "reset", false, "append anew what came since the last release")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "reglog:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	history := filepath.Join(o.registry, "history")
	l, err := open(history)
	if err != nil {
		return err
	}
	readings, err := logbook.FromTwins(os.DirFS(history))
	if err != nil {
		return err
	}
	if o.reset {
		l.Reset()
	}
	if o.mend != "" {
		if err := mend(l, readings, o); err != nil {
			return err
		}
	}
	known := len(l.Entries)
	if err := l.Extend(readings); err != nil {
		return explain(err, l, readings, o)
	}
	if o.release != "" {
		if err := l.Release(o.release); err != nil {
			return err
		}
	}
	for _, e := range l.Entries[known:] {
		fmt.Printf("%-7s %-24s %6d leaves\n", e.Kind, e.Source, e.Leaves)
	}
	if n := len(l.Entries); n > 0 {
		fmt.Printf("%d entries, %d leaves, head %s\n", n, l.Entries[n-1].Size, l.Entries[n-1].Head)
	}
	return write(history, l)
}

// The tables, in the order of logbook.Parse.
var tables = [...]string{"log.tsv", "mends.tsv", "releases.tsv"}

func open(history string) (*logbook.Log, error) {
	var text [len(tables)]string
	for i, name := range tables {
		b, err := os.ReadFile(filepath.Join(history, name))
		if err != nil {
			return nil, err
		}
		text[i] = string(b)
	}
	return logbook.Parse(text[0], text[1], text[2])
}

func write(history string, l *logbook.Log) error {
	var text [len(tables)]string
	text[0], text[1], text[2] = l.Tables()
	for i, name := range tables {
		if err := os.WriteFile(filepath.Join(history, name), []byte(text[i]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func mend(l *logbook.Log, readings []logbook.Reading, o options) error {
	if o.reason == "" {
		return errors.New("-mend needs a -reason")
	}
	now, err := find(readings, o.mend)
	if err != nil {
		return err
	}
	before, err := recorded(l, o.mend, o)
	if err != nil {
		return err
	}
	return l.Mend(before, now, o.reason)
}

// explain adds to an error of a changed source which line it is.
func explain(err error, l *logbook.Log, readings []logbook.Reading, o options) error {
	var changed *logbook.ChangedError
	if !errors.As(err, &changed) {
		return err
	}
	now, notThere := find(readings, changed.Source)
	if notThere != nil {
		return err
	}
	before, noWas := recorded(l, changed.Source, o)
	if noWas != nil {
		return fmt.Errorf("%w\nwhich line cannot be said: %w", err, noWas)
	}
	return fmt.Errorf("%w\n%s\nif it was read anew and better, record that with -mend %s -reason TEXT", err, logbook.Difference(before, now), now.Source)
}

// recorded returns a reading as the log has it.
func recorded(l *logbook.Log, source string, o options) (logbook.Reading, error) {
	readings, err := oldReadings(o)
	if err != nil {
		return logbook.Reading{}, err
	}
	r, err := find(readings, source)
	if err == nil && !l.Holds(r) {
		err = errors.New("the lines as they were recorded are not at hand: give a folder that has them with -was")
	}
	return r, err
}

func oldReadings(o options) ([]logbook.Reading, error) {
	if o.was != "" {
		return logbook.FromTwins(os.DirFS(o.was))
	}
	files := map[string]string{}
	for _, name := range [...]string{"text", "offsets", "tuples", "rows", "where", "sources.tsv"} {
		b, err := os.ReadFile(filepath.Join(o.registry, "data", name))
		if err != nil {
			return nil, err
		}
		files[name] = string(b)
	}
	b, err := unpack.Open(files)
	if err != nil {
		return nil, err
	}
	return logbook.FromBook(b), nil
}

func find(readings []logbook.Reading, source string) (logbook.Reading, error) {
	i := slices.IndexFunc(readings, func(r logbook.Reading) bool { return r.Source == source })
	if i < 0 {
		return logbook.Reading{}, fmt.Errorf("no source is called %q", source)
	}
	return readings[i], nil
}
