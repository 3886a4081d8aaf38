package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/fetch"
	"github.com/portolan/portolan/internal/ianacsv"
	"github.com/portolan/portolan/internal/pack"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/twin"
	"github.com/portolan/portolan/internal/unpack"
	"github.com/portolan/portolan/registry"
)

const updateSchema = "portolan.update/v1"

// updateFlags are the flags of "data update".
type updateFlags struct {
	yes   bool
	again bool
	date  string
}

func (a *app) updateCommand() *cobra.Command {
	var f updateFlags
	c := &cobra.Command{
		Use:   "update FILE | URL",
		Short: "Take a newer edition of IANA's registry into your own data",
		Long: `Read a newer service-names-port-numbers.csv of IANA's, show what it changes, and,
when you say so, keep it in your own data folder as one more source: portolan
then answers from it, and its history goes on. The embedded sources stay.

A file that is no such CSV, is cut short, is not newer, or would drop more than
one percent of the assignments is refused with the reason, and nothing changes.
An address is asked only because you name it; nothing else is sent.

--again packs what you took before once more, as a new version of portolan needs
it. portolan data reset removes all of it.`,
		Example: `  portolan data update service-names-port-numbers.csv
  portolan data update --yes https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv
  portolan data update --again`,
		Args: a.atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case f.again && len(args) > 0:
				return usage("--again takes no file: it packs what was taken before")
			case !f.again && len(args) == 0:
				return usage("no file or address is given").hint("IANA publishes https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv")
			case f.again:
				return a.updateAgain()
			}
			return a.update(c.Context(), args[0], f)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().BoolVarP(&f.yes, "yes", "y", false, "take it without asking")
	c.Flags().Var(word{&f.date, "DATE"}, "date", "the day on which the edition was there (default: today)")
	c.Flags().BoolVar(&f.again, "again", false, "pack what was taken before once more")
	return c
}

func (a *app) resetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Remove the editions that you took, and answer from the embedded registry",
		Args:  a.atMost(0),
		RunE: func(*cobra.Command, []string) error {
			folder, err := a.ownFolder()
			if err != nil {
				return err
			}
			taken, err := ownEditions(folder)
			if err != nil {
				return fail(exitFailure, "%w", err)
			}
			for _, e := range taken {
				if err := os.Remove(filepath.Join(folder, ownEditionsFolder, e.ID+".tsv")); err != nil {
					return fail(exitFailure, "%w", err)
				}
			}
			if err := os.Remove(filepath.Join(folder, ownName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fail(exitFailure, "%w", err)
			}
			a.notice(fmt.Sprintf("%d editions removed; the embedded registry answers", len(taken)))
			return nil
		},
	}
}

// updateDocument is portolan.update/v1.
type updateDocument struct {
	Schema      string         `json:"schema"`
	DataVersion string         `json:"data_version"` // with the edition
	Edition     updateEdition  `json:"edition"`
	Before      string         `json:"before"` // the edition that it is compared with
	Counts      map[string]int `json:"counts"` // changes by kind
	Changes     []updateChange `json:"changes"`
}

type updateEdition struct {
	ID      string         `json:"id"`
	Date    string         `json:"date"` // at or before
	Newest  string         `json:"newest_date_inside"`
	From    string         `json:"from"`
	SHA256  string         `json:"sha256"`
	Rows    int            `json:"rows"`
	LeftOut []updateReject `json:"left_out"`
}

type updateReject struct {
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

type updateChange struct {
	Ports     string `json:"ports"`
	Transport string `json:"transport"`
	Kind      string `json:"kind"`
	From      string `json:"from"`
	To        string `json:"to"`
}

// update reads, checks, shows, and takes an edition.
func (a *app) update(ctx context.Context, name string, f updateFlags) error {
	folder, err := a.ownFolder()
	if err != nil {
		return err
	}
	text, err := a.readEdition(ctx, name)
	if err != nil {
		return err
	}
	e, err := ianacsv.Read(bytes.NewReader(text))
	if err != nil {
		return fail(exitFailure, "%s: %w", name, err).hint("nothing was changed")
	}
	taken, err := ownEditions(folder)
	if err != nil {
		return fail(exitFailure, "%w", err)
	}
	book, err := unpack.Open(maps.Collect(registry.Files()))
	if err != nil {
		return fail(exitFailure, "the embedded registry: %w", err)
	}
	all := withOwn(editionsOf(book), taken)
	before := all[newestOf(all)]
	sum := sha256.Sum256(text)
	edition := pack.Edition{Source: twin.Source{Title: before.Title, Date: f.date, Series: before.Series, Authority: "IANA", Role: "assigns", Coverage: "whole",
		Transports: before.Transports, URL: ianacsv.OneLine(name), SHA256: hex.EncodeToString(sum[:]), Rows: len(e.Rows), LeftOut: len(e.Rejects)}, Rows: e.Rows}
	if err := a.acceptable(&edition, e, before); err != nil {
		return fail(exitFailure, "%s: %w", name, err).hint("nothing was changed")
	}
	packed, err := pack.Pack(withOwn(editionsOf(book), append(taken, edition)))
	if err != nil {
		return fail(exitFailure, "%w", err)
	}
	file := packed.Bytes(registry.Version())
	if _, err := registry.Replace(string(file)); err != nil {
		return fail(exitFailure, "%w", err)
	}
	if err := a.print(updateReport(edition, before.ID, e).document()); err != nil {
		return err
	}
	if !f.yes && !a.confirm("Take this edition into "+folder+"?") {
		return fail(exitNo, "nothing was changed").hint("--yes takes it without asking")
	}
	if err := writeOwn(folder, edition, file); err != nil {
		return fail(exitFailure, "%w", err)
	}
	a.notice("taken: portolan now answers from " + edition.ID + "; portolan data reset goes back")
	return nil
}

// readEdition reads a file, or what an address that the user named gives.
func (a *app) readEdition(ctx context.Context, name string) ([]byte, error) {
	var in io.ReadCloser
	var err error
	if fetch.IsURL(name) {
		in, err = fetch.Get(ctx, name, func(next string) { a.notice("redirected to " + next) })
	} else {
		in, err = os.Open(name)
	}
	if err != nil {
		return nil, fail(exitFailure, "%w", err)
	}
	defer in.Close()
	// The reader refuses what is longer; so much is enough for it to say so.
	text, err := io.ReadAll(io.LimitReader(in, ianacsv.MaxFile+2))
	if err != nil {
		return nil, fail(exitFailure, "%s: %w", name, err)
	}
	return text, nil
}

// acceptable gives an edition its date and name, and refuses one that is no
// newer edition of the registry.
func (a *app) acceptable(edition *pack.Edition, e *ianacsv.Edition, before pack.Edition) error {
	today := a.env.Now().UTC().Format("2006-01-02")
	if edition.Date == "" {
		edition.Date = today
	}
	if _, err := registry.ParseDate(edition.Date); err != nil || len(edition.Date) != len(today) {
		return fmt.Errorf("--date %s is no day: write YYYY-MM-DD", edition.Date)
	}
	newest := newestDate(before.Rows)
	switch {
	case edition.Date > today:
		return fmt.Errorf("--date %s is in the future", edition.Date)
	case edition.Date <= before.Date:
		return fmt.Errorf("an edition of %s is not newer than the one held, %s", edition.Date, before.Date)
	case e.Newest < newest:
		return fmt.Errorf("the newest date in it is %s, in the edition held (%s) it is %s: it is older", e.Newest, before.Date, newest)
	case e.Newest > edition.Date:
		return fmt.Errorf("it carries the date %s, later than the day that it is taken for, %s", e.Newest, edition.Date)
	}
	edition.ID = "own-" + edition.Date
	return ianacsv.Check(before.Rows, edition.Rows)
}

func newestDate(rows []twin.Row) (newest string) {
	for _, r := range rows {
		for _, d := range [...]string{r.Registered, r.Modified} {
			if len(d) == len("2006-01-02") {
				newest = max(newest, d)
			}
		}
	}
	return newest
}

// confirm asks on the terminal; without one the answer is no.
func (a *app) confirm(question string) bool {
	if !a.env.ErrTerminal {
		return false
	}
	io.WriteString(a.env.Stderr, report.Escape(question)+" [y/N] ")
	var answer [64]byte
	n, _ := a.env.Stdin.Read(answer[:])
	switch strings.ToLower(strings.TrimSpace(string(answer[:n]))) {
	case "y", "yes":
		return true
	}
	return false
}

func (a *app) updateAgain() error {
	folder, err := a.ownFolder()
	if err != nil {
		return err
	}
	taken, err := ownEditions(folder)
	if err != nil {
		return fail(exitFailure, "%w", err)
	}
	if len(taken) == 0 {
		return fail(exitNo, "no edition was taken before").hint("portolan data update FILE takes one")
	}
	book, err := unpack.Open(maps.Collect(registry.Files()))
	if err != nil {
		return fail(exitFailure, "the embedded registry: %w", err)
	}
	all := withOwn(editionsOf(book), taken)
	packed, err := pack.Pack(all)
	if err != nil {
		return fail(exitFailure, "%w", err)
	}
	if err := replaceFile(filepath.Join(folder, ownName), packed.Bytes(registry.Version())); err != nil {
		return fail(exitFailure, "%w", err)
	}
	a.notice("packed again: portolan now answers from " + all[newestOf(all)].ID)
	return nil
}

func (a *app) ownFolder() (string, error) {
	folder := dataFolder(a.env.Getenv, runtime.GOOS)
	if folder == "" {
		return "", fail(exitFailure, "there is no place for your data: neither XDG_DATA_HOME nor HOME is set").hint("set one of them")
	}
	return folder, nil
}

// updateReport compares the registry as it is now, with the edition, with the
// edition before.
func updateReport(edition pack.Edition, before string, e *ianacsv.Edition) *updateDocument {
	d := &updateDocument{Schema: updateSchema, DataVersion: registry.Version(), Before: before, Counts: map[string]int{}, Changes: []updateChange{},
		Edition: updateEdition{edition.ID, edition.Date, e.Newest, edition.URL, edition.SHA256, len(e.Rows), []updateReject{}}}
	for _, r := range e.Rejects {
		d.Edition.LeftOut = append(d.Edition.LeftOut, updateReject(r))
	}
	from, _ := registry.SourceByID(before)
	to, _ := registry.SourceByID(edition.ID)
	for _, t := range portolan.Transports {
		for _, ev := range registry.Diff(t, from, to) {
			d.Counts[string(ev.Kind)]++
			d.Changes = append(d.Changes, updateChange{ev.Span.String(), t.String(), string(ev.Kind), ev.From.Service(), ev.To.Service()})
		}
	}
	return d
}

func (d *updateDocument) document() *report.Document {
	return &report.Document{Schema: updateSchema, DataVersion: d.DataVersion, Value: d, Items: each(d.Changes),
		Columns: []string{"ports", "transport", "kind", "from", "to"},
		Rows: func(yield func([]string) bool) {
			for _, c := range d.Changes {
				if !yield([]string{c.Ports, c.Transport, c.Kind, c.From, c.To}) {
					return
				}
			}
		},
		Text: d.text}
}

// maxUpdateRows is how many changes the text shows; the other forms have all.
const maxUpdateRows = 60

func (d *updateDocument) text(p *report.Page) {
	p.Para(0, report.Text(fmt.Sprintf("Edition of %s or before (newest date in it: %s): %d rows; %d records without a port, or that can't be read.",
		d.Edition.Date, d.Edition.Newest, d.Edition.Rows, len(d.Edition.LeftOut))))
	if len(d.Changes) == 0 {
		p.Para(0, report.Text("Nothing differs from "+d.Before+"."))
		return
	}
	var counts []string
	for _, k := range slices.Sorted(maps.Keys(d.Counts)) {
		counts = append(counts, fmt.Sprintf("%d %s", d.Counts[k], k))
	}
	p.Para(0, report.Text("Against "+d.Before+": "+strings.Join(counts, ", ")+"."))
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}, {Header: "change"}, {Header: "from", Priority: 1}, {Header: "to"}}}
	shown := d.Changes[:min(len(d.Changes), maxUpdateRows)]
	for _, c := range shown {
		t.Rows = append(t.Rows, []report.Cell{{Text: c.Ports, Style: report.Place}, report.Text(c.Transport), report.Text(c.Kind), report.Text(c.From), report.Text(c.To)})
	}
	p.Table(t)
	if n := len(d.Changes) - len(shown); n > 0 {
		p.Para(0, report.Text(fmt.Sprintf("%d more: --format csv shows all.", n)))
	}
}
