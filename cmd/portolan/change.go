package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/registry"
)

// change is what happened alike to the same ports of several transports.
type change struct {
	*registry.Event                   // of the first transport
	also            []*registry.Event // of the others
}

func (c change) transports() []portolan.Transport {
	all := []portolan.Transport{c.Transport}
	for _, e := range c.also {
		all = append(all, e.Transport)
	}
	return all
}

// sides are the rows of each transport.
func (c change) sides() (from, to []registry.Assignment) {
	from, to = []registry.Assignment{c.From}, []registry.Assignment{c.To}
	for _, e := range c.also {
		from, to = append(from, e.From), append(to, e.To)
	}
	return from, to
}

// joins reports whether an event of another transport is the same change.
func (c change) joins(e *registry.Event) bool {
	return c.At.ID == e.At.ID && c.Before.ID == e.Before.ID && sameRow(c.From, e.From) && sameRow(c.To, e.To) && c.Transport != e.Transport &&
		!slices.ContainsFunc(c.also, func(o *registry.Event) bool { return o.Transport == e.Transport })
}

// changesOf joins the events of several transports, in the order in which the
// first of them come.
func changesOf(lists ...[]registry.Event) []change {
	type place struct {
		span portolan.Span
		kind registry.Kind
	}
	n := 0
	for _, l := range lists {
		n = max(n, len(l))
	}
	all := make([]change, 0, n)
	last := make(map[place]int32, n) // the newest change of a place, + 1
	previous := make([]int32, 0, n)  // the one before it
	for _, list := range lists {
	events:
		for i := range list {
			e := &list[i]
			at := place{e.Span, e.Kind}
			for x := last[at]; x > 0; x = previous[x-1] {
				if all[x-1].joins(e) {
					all[x-1].also = append(all[x-1].also, e)
					continue events
				}
			}
			previous = append(previous, last[at])
			all = append(all, change{Event: e})
			last[at] = int32(len(all))
		}
	}
	return all
}

func oldestFirst(a, b change) int {
	return cmp.Or(cmp.Compare(a.At.Date.String(), b.At.Date.String()), cmp.Compare(a.At.ID, b.At.ID), cmp.Compare(a.Before.ID, b.Before.ID),
		cmp.Compare(a.Span.First, b.Span.First), cmp.Compare(kindNumber(a.Kind), kindNumber(b.Kind)))
}

func kindNumber(k registry.Kind) int { return slices.Index(registry.Kinds[:], k) }

// changeDocument is the JSON of a change. It happened after the edition in
// after, which does not show it yet, and in or before that in by.
type changeDocument struct {
	Kind       registry.Kind        `json:"kind"`
	Ports      string               `json:"ports"`
	Transports []portolan.Transport `json:"transports"`
	After      *editionCite         `json:"after"` // null in the first edition that speaks of the transport
	By         *editionCite         `json:"by"`
	From       *bookRow             `json:"from"` // null where there was no row
	To         *bookRow             `json:"to"`
	// MovedTo are the ports where the edition that lacks a name here lists it first.
	MovedTo *string `json:"moved_to"`
	// Word and Quote are what the newest edition says of a removal.
	Word  *registry.Word `json:"word"`
	Quote *string        `json:"quote"`

	after, by int // numbers of the sources
}

func (c *citer) change(x change) changeDocument {
	d := changeDocument{Kind: x.Kind, Ports: x.Span.String(), Transports: x.transports(), After: editionOf(x.Before), By: editionOf(x.At)}
	d.after = c.Number(x.Before)
	from, to := x.sides()
	d.From, d.To = c.row(x.Before, from...), c.row(x.At, to...)
	d.by = c.Number(x.At)
	if to, ok := x.MovedTo(); ok {
		d.MovedTo = orNull(to.String())
	}
	if x.Kind == registry.Removed {
		if l, ok := lossOf(x); ok {
			d.Word, d.Quote = &l.Word, orNull(l.Quote)
		}
	}
	return d
}

// lossOf finds what the newest edition says of a removal, unless the name came back.
func lossOf(x change) (registry.Loss, bool) {
	for _, l := range registry.LostIn(portolan.Span{First: x.Span.First, Last: x.Span.First}, x.Transport) {
		if a := l.Life.Assignment; strings.EqualFold(a.Service(), x.From.Service()) && (a.Service() != "" || strings.EqualFold(a.Description(), x.From.Description())) {
			return l, true
		}
	}
	return registry.Loss{}, false
}

// editorial are the kinds that change what is written of an assignment, and
// neither its name, nor its holder, nor what it is for.
var editorial = []registry.Kind{registry.Noted, registry.Referenced, registry.Dated}

// kindsFlag is --kind: kinds of changes, separated by commas.
type kindsFlag struct{ kinds []registry.Kind }

const kindsUsage = "only these kinds of changes, separated by commas; all for all"

func (k *kindsFlag) String() string { return kindList(k.kinds) }
func (k *kindsFlag) Type() string   { return "KIND,..." }

func (k *kindsFlag) Set(s string) error {
	k.kinds = nil
	for word := range strings.SplitSeq(s, ",") {
		kind := registry.Kind(strings.ToLower(strings.TrimSpace(word)))
		switch {
		case kind == "all":
			k.kinds = slices.Clone(registry.Kinds[:])
		case slices.Contains(registry.Kinds[:], kind):
			k.kinds = append(k.kinds, kind)
		default:
			return fmt.Errorf("%q is no kind of change: use %s or all", word, kindList(registry.Kinds[:]))
		}
	}
	return nil
}

func kindList(kinds []registry.Kind) string {
	var all []string
	for _, k := range kinds {
		all = append(all, string(k))
	}
	return strings.Join(all, ", ")
}

// has reports whether a kind is asked for.
func (k *kindsFlag) has(kind registry.Kind) bool {
	return len(k.kinds) == 0 || slices.Contains(k.kinds, kind)
}

// transportsFlag is --transport.
type transportsFlag struct{ list []portolan.Transport }

func (t *transportsFlag) String() string { return on(t.list) }
func (t *transportsFlag) Type() string   { return "TRANSPORT,..." }

func (t *transportsFlag) Set(s string) error {
	t.list = nil
	for word := range strings.SplitSeq(s, ",") {
		one, err := portolan.ParseTransport(strings.TrimSpace(word))
		if err != nil {
			return fmt.Errorf("%q is no transport: use tcp, udp, sctp, dccp, or ncp for the ARPANET's sockets", word)
		}
		if !slices.Contains(t.list, one) {
			t.list = append(t.list, one)
		}
	}
	slices.Sort(t.list)
	return nil
}

// or returns the transports asked for, or else these.
func (t *transportsFlag) or(others []portolan.Transport) []portolan.Transport {
	if len(t.list) > 0 {
		return t.list
	}
	return others
}

func addKindFlag(c *cobra.Command, k *kindsFlag) {
	c.Flags().Var(k, "kind", kindsUsage)
	words := append(strings.Split(kindList(registry.Kinds[:]), ", "), "all")
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

func addTransportFlag(c *cobra.Command, t *transportsFlag) {
	c.Flags().Var(t, "transport", "only these transports, separated by commas")
	_ = c.RegisterFlagCompletionFunc("transport", cobra.FixedCompletions(transportNames(everyTransport()), cobra.ShellCompDirectiveNoFileComp))
}

// citesOf are the places of one side of a change.
func citesOf(r *bookRow) []page.Cite {
	if r == nil {
		return nil
	}
	return r.Cite
}
