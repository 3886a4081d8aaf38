package main

import (
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/logbook"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const proofSchema = "portolan.proof/v1"

// proofDocument is portolan.proof/v1. Hashes are base64.
type proofDocument struct {
	Schema      string      `json:"schema"`
	DataVersion string      `json:"data_version"`
	Query       string      `json:"query"`
	TreeSize    int64       `json:"tree_size"`
	TreeHead    string      `json:"tree_head"`
	Leaves      []proofLeaf `json:"leaves"`
}

type proofLeaf struct {
	Index  int64    `json:"index"`
	Kind   string   `json:"kind"` // the leaf's first word
	Source string   `json:"source"`
	Leaf   string   `json:"leaf"`
	Hash   string   `json:"hash"`
	Path   []string `json:"path"` // from the leaf to the head
}

// prove prints proofs, if all that they rest on is as it was recorded.
func (a *app) prove(text string) error {
	q, err := portolan.ParseQuery(text)
	if err != nil {
		return usage("--proof: %w", err)
	}
	if q.Service != "" || q.Span.Len() > 1 {
		return usage("--proof %s: give one port, with or without a transport", text).hint("portolan data verify --proof 378/tcp")
	}
	r := logbook.Verify(embedded())
	if n := r.Failed(); n > 0 {
		return fail(exitNo, "nothing is proved: %s of the data failed", count(n, "check")).hint("portolan data verify says which")
	}
	transports := everyTransport()
	if q.HasTransport {
		transports = []portolan.Transport{q.Transport}
	}
	proofs, err := r.Tree.Prove(q.Span.First, transports)
	if err != nil {
		return err
	}
	if len(proofs) == 0 {
		return fail(exitNotFound, "no line of the history speaks of %s", text)
	}
	head, err := r.Tree.Head(r.Tree.Size())
	if err != nil {
		return err
	}
	d := &proofDocument{proofSchema, registry.Version(), text, r.Tree.Size(), head.String(), []proofLeaf{}}
	for _, p := range proofs {
		leaf := proofLeaf{p.Index, p.Kind, p.Source, p.Leaf, p.Hash.String(), []string{}}
		for _, h := range p.Path {
			leaf.Path = append(leaf.Path, h.String())
		}
		d.Leaves = append(d.Leaves, leaf)
	}
	return a.print(d.document())
}

func (d *proofDocument) document() *report.Document {
	return &report.Document{Schema: proofSchema, DataVersion: d.DataVersion, Value: d,
		Items:   d.items,
		Columns: []string{"tree_size", "tree_head", "index", "leaf", "hash", "path"},
		Rows: func(yield func([]string) bool) {
			for _, l := range d.Leaves {
				if !yield([]string{strconv.FormatInt(d.TreeSize, 10), d.TreeHead, strconv.FormatInt(l.Index, 10), l.Leaf, l.Hash, strings.Join(l.Path, " ")}) {
					return
				}
			}
		},
		Text: d.text}
}

// items are the leaves with what a proof is worth nothing without: a line of
// NDJSON stands alone.
func (d *proofDocument) items(yield func(any) bool) {
	type item struct {
		TreeSize int64  `json:"tree_size"`
		TreeHead string `json:"tree_head"`
		proofLeaf
	}
	for _, l := range d.Leaves {
		if !yield(item{d.TreeSize, d.TreeHead, l}) {
			return
		}
	}
}

func (d *proofDocument) text(p *report.Page) {
	p.Para(0, report.Text("What was recorded of "+d.Query+": each line is a leaf of the log's tree."))
	p.Pairs(0, report.KV("tree size", strconv.FormatInt(d.TreeSize, 10)), report.KV("tree head", d.TreeHead))
	for _, l := range d.Leaves {
		p.Heading("leaf " + strconv.FormatInt(l.Index, 10))
		p.Code(2, breakLeaf(l.Leaf, p.Width()-2)...)
		p.Pairs(2, report.KV("hash", l.Hash), report.KV("path", strings.Join(l.Path, " ")))
	}
	p.Blank()
	p.Para(0, report.Part{Text: `A leaf's lines are one, and \t is a tab; --json has the exact text. The hash of a leaf is the sha256 of a zero byte and its text; joining it with those of the path, as docs/formats/history-log.md says, gives the head.`, Style: report.Faint})
}

// breakLeaf breaks a leaf into lines that, joined, are its text with \t for
// tabs: behind a tab, or behind a blank where a cell is wider than a line.
func breakLeaf(leaf string, width int) []string {
	lines := []string{""}
	for cell := range strings.SplitAfterSeq(leaf, "\t") {
		cell = strings.ReplaceAll(cell, "\t", `\t`)
		pieces := []string{cell}
		if report.Width(cell) > width {
			pieces = strings.SplitAfter(cell, " ")
		}
		for _, piece := range pieces {
			last := &lines[len(lines)-1]
			if *last != "" && report.Width(*last)+report.Width(piece) > width {
				lines = append(lines, piece)
			} else {
				*last += piece
			}
		}
	}
	return lines
}
