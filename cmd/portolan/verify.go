package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan/internal/logbook"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const verifySchema = "portolan.verify/v1"

func (a *app) verifyCommand() *cobra.Command {
	var proof, sources, extends string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Recompute what the answers rest on, and prove single lines of it",
		Long: `Recompute, from this program alone and offline, what its answers rest on: the
digest of the packed data; every source, line by line, against the count of its
certificate and the sha256 that was recorded; and the log in which every line was
recorded, a Merkle tree (RFC 6962) whose head stands beside every entry and every
release. A log that extends an older one has lost nothing of it.

--proof prints an inclusion proof of every line that speaks of a port, which
anyone can check with the format's description, docs/formats/history-log.md.
--extends takes the size and the head that an earlier run printed, with this
program or with an older one. --sources compares the raw texts, where you have
them, with the sha256 of their certificates.

Exit code 1 says that a check failed.`,
		Example: `  portolan data verify
  portolan data verify --proof 378/tcp --json
  portolan data verify --sources ~/rfc`,
		Args:              a.atMost(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if proof != "" {
				if sources != "" || extends != "" {
					return usage("--proof goes with neither --sources nor --extends").hint("run the command twice")
				}
				return a.prove(proof)
			}
			return a.verify(sources, extends)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().Var(word{&proof, "PORT[/TRANSPORT]"}, "proof", "prove the lines that speak of a port")
	c.Flags().Var(word{&extends, "SIZE:HEAD"}, "extends", "check that the log has grown from this tree")
	c.Flags().Var(word{&sources, "DIR"}, "sources", "compare the raw texts in a folder")
	// The errors say that a flag does not exist or is registered twice: these do, once.
	_ = c.RegisterFlagCompletionFunc("proof", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("extends", cobra.NoFileCompletions)
	_ = c.MarkFlagDirname("sources")
	return c
}

// verifyDocument is portolan.verify/v1.
type verifyDocument struct {
	Schema      string        `json:"schema"`
	DataVersion string        `json:"data_version"`
	OK          bool          `json:"ok"`
	Failed      int           `json:"failed"`
	TreeSize    int64         `json:"tree_size"` // of the tree as it was recomputed
	TreeHead    string        `json:"tree_head"`
	Checks      []verifyCheck `json:"checks"`
	Absent      []string      `json:"absent"` // raw texts that the folder lacks
}

type verifyCheck struct {
	Check   string `json:"check"`
	Subject string `json:"subject"`
	OK      bool   `json:"ok"`
	Detail  string `json:"detail"`
}

// embedded is all that this program holds.
func embedded() logbook.Data {
	d := logbook.Data{Version: registry.Version(), Files: registry.Files()}
	d.Entries, d.Mends, d.Releases = registry.Log()
	return d
}

func (a *app) verify(sources, extends string) error {
	size, head, err := treeOf(extends)
	if err != nil {
		return err
	}
	r := logbook.Verify(embedded())
	if extends != "" {
		r.Extends(size, head)
	}
	absent := []string{}
	if sources != "" {
		if absent, err = a.rawTexts(r, sources); err != nil {
			return err
		}
	}
	d, err := verifyDocumentOf(r, absent)
	if err != nil {
		return err
	}
	if err := a.print(d.document()); err != nil {
		return err
	}
	if d.OK {
		return nil
	}
	return fail(exitNo, "%s failed", count(d.Failed, "check"))
}

// treeOf reads SIZE:HEAD.
func treeOf(s string) (int64, logbook.Head, error) {
	if s == "" {
		return 0, logbook.Head{}, nil
	}
	size, head, _ := strings.Cut(s, ":")
	n, h, err := logbook.ParseHead(size, head)
	if err != nil {
		return 0, h, usage("--extends %q: %w", s, err).hint("give it as portolan data verify prints it: SIZE:HEAD")
	}
	return n, h, nil
}

// rawTexts compares the texts in a folder. They may lie in the folders that
// their certificates name, or all in one, as they were fetched.
func (a *app) rawTexts(r *logbook.Report, dir string) ([]string, error) {
	before := len(r.Checks)
	absent, err := r.Raw(func(name string) ([]byte, error) {
		text, err := a.env.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			text, err = a.env.ReadFile(filepath.Join(dir, filepath.Base(name)))
		}
		return text, err
	})
	if err != nil {
		return nil, fail(exitFailure, "--sources: %w", err)
	}
	if len(r.Checks) == before && len(absent) > 0 {
		return nil, fail(exitNotFound, "%s holds none of %s", dir, count(len(absent), "raw text")).hint("the first is looked for as %s or %s", filepath.Join(dir, absent[0]), filepath.Base(absent[0]))
	}
	return append([]string{}, absent...), nil
}

func verifyDocumentOf(r *logbook.Report, absent []string) (*verifyDocument, error) {
	d := &verifyDocument{verifySchema, registry.Version(), r.Failed() == 0, r.Failed(), r.Tree.Size(), "", []verifyCheck{}, absent}
	head, err := r.Tree.Head(d.TreeSize)
	d.TreeHead = head.String()
	for _, c := range r.Checks {
		d.Checks = append(d.Checks, verifyCheck{c.Kind, c.Subject, c.OK, c.Detail})
	}
	return d, err
}

func (d *verifyDocument) document() *report.Document {
	return &report.Document{Schema: verifySchema, DataVersion: d.DataVersion, Value: d,
		Items:   each(d.Checks),
		Columns: []string{"check", "subject", "ok", "detail"},
		Rows: func(yield func([]string) bool) {
			for _, c := range d.Checks {
				if !yield([]string{c.Check, c.Subject, strconv.FormatBool(c.OK), c.Detail}) {
					return
				}
			}
		},
		Text: d.text}
}

func (d *verifyDocument) text(p *report.Page) {
	for _, c := range d.Checks {
		word := "ok      "
		if !c.OK {
			word = "FAILED  "
		}
		what := c.Check
		if c.Subject != "" {
			what += " " + c.Subject
		}
		p.Hang(0, word, report.Part{Text: what + ":", Style: report.Strong}, report.Text(" "+c.Detail))
	}
	for _, name := range d.Absent {
		p.Hang(0, "absent  ", report.Text(name))
	}
	p.Blank()
	result := report.Part{Text: "All " + count(len(d.Checks), "check") + " passed.", Style: report.Good}
	if d.Failed > 0 {
		result = report.Part{Text: strconv.Itoa(d.Failed) + " of " + count(len(d.Checks), "check") + " FAILED.", Style: report.Alarm}
	}
	p.Para(0, result)
	if d.OK {
		p.Para(0, report.Text("The history, as size and head of its tree, for --extends of a later version:"))
		p.Code(2, strconv.FormatInt(d.TreeSize, 10)+":"+d.TreeHead)
	}
}
