package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
	"github.com/portolan/portolan/sockets"
)

const suggestSchema = "portolan.suggest/v1"

func (a *app) suggestCommand() *cobra.Command {
	n, sticky := 3, false
	c := &cobra.Command{
		Use:   "suggest [NAME]",
		Short: "Say which port to take for a new service",
		Long: `Suggests ports that a new service may take: unassigned on every transport at
every date that we hold, without evidence of use, outside the ephemeral ranges of
the common systems and of this host, not bound or declared here, not blocked by
browsers, and not next to an assignment. The easiest to remember come first.

With --sticky a name gives the same port on every host with the same data; where
this host has something against it, the next in the name's own order is taken,
and that is said. Only IANA can assign a port.`,
		Example: `  portolan suggest
  portolan suggest myapp -n 5
  portolan suggest myapp --sticky`,
		Args: a.atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.suggest(c.Context(), strings.Join(args, ""), n, sticky)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().IntVarP(&n, "number", "n", n, "how many")
	c.Flags().BoolVar(&sticky, "sticky", false, "the port that the name gives, the same every time")
	return c
}

type suggestDocument struct {
	Schema      string         `json:"schema"`
	DataVersion string         `json:"data_version"`
	Name        string         `json:"name"`
	Sticky      bool           `json:"sticky"`
	HostLooked  bool           `json:"host_looked_at"`
	Suggestions []suggestion   `json:"suggestions"`
	Refused     []refusedPorts `json:"refused"` // of a sticky name, what this host had against its earlier ports
}

type suggestion struct {
	Port    uint16         `json:"port"`
	Score   int            `json:"score"`
	Reasons []reviewReason `json:"reasons"`
}

type refusedPorts struct {
	Port uint16 `json:"port"`
	Why  string `json:"why"`
}

func (a *app) suggest(ctx context.Context, name string, n int, sticky bool) error {
	if n < 1 || n > 1000 {
		return usage("--number %d: from 1 to 1000", n)
	}
	if sticky && name == "" {
		return usage("--sticky needs a name").hint("portolan suggest myapp --sticky")
	}
	taken, looked, err := a.takenHere(ctx)
	if err != nil {
		return err
	}
	d := &suggestDocument{Schema: suggestSchema, DataVersion: registry.Version(), Name: name, Sticky: sticky, HostLooked: looked, Refused: []refusedPorts{}}
	s := judge.Suggest{Taken: taken}
	var list []judge.Suggestion
	if sticky {
		s.Taken = func(p uint16) string {
			why := taken(p)
			if why != "" {
				d.Refused = append(d.Refused, refusedPorts{p, why})
			}
			return why
		}
		list = s.Sticky(name, n)
	} else {
		list = s.Easiest(name, n)
	}
	for _, x := range list {
		item := suggestion{x.Port, x.Score, nil}
		for _, r := range x.Reasons {
			item.Reasons = append(item.Reasons, reasonOf(r))
		}
		d.Suggestions = append(d.Suggestions, item)
	}
	if err := a.print(d.document()); err != nil {
		return err
	}
	if len(list) == 0 {
		return fail(exitNo, "no port passes all rules on this host")
	}
	return nil
}

// takenHere returns what this host has against a port. Where it can't be
// looked at, only the book speaks, and that is said.
func (a *app) takenHere(ctx context.Context) (taken func(uint16) string, looked bool, err error) {
	chart, err := a.loadPolicy("")
	if err != nil {
		return nil, false, err
	}
	table, err := a.env.Sockets(ctx, sockets.Options{Root: a.env.Root, All: true, NoOwners: true})
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	bound := map[uint16]bool{}
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		a.notice("note: this host's sockets could not be looked at: " + err.Error())
	} else if err != nil {
		a.notice("note: " + err.Error() + ": what is bound here is not considered")
	} else {
		for i := range table.Sockets {
			bound[table.Sockets[i].Local.Port()] = true
		}
	}
	h := a.judgeHost()
	return func(p uint16) string {
		switch {
		case bound[p]:
			return "something on this host has it"
		case h.Ephemeral.Last > 0 && h.Ephemeral.Contains(p):
			return "it lies in this host's ephemeral range " + h.Ephemeral.String()
		case chart.Declares(portolan.Key{Port: p, Transport: portolan.TCP}) || chart.Declares(portolan.Key{Port: p, Transport: portolan.UDP}):
			return "the policy declares it"
		}
		for _, s := range h.Reserved {
			if s.Contains(p) {
				return "this host keeps it reserved (ip_local_reserved_ports)"
			}
		}
		return ""
	}, err == nil, nil
}

func (d *suggestDocument) document() *report.Document {
	return &report.Document{Schema: suggestSchema, DataVersion: d.DataVersion, Value: d,
		Items:   each(d.Suggestions),
		Columns: []string{"port", "score", "why"},
		Rows: func(yield func([]string) bool) {
			for _, s := range d.Suggestions {
				if !yield([]string{strconv.Itoa(int(s.Port)), strconv.Itoa(s.Score), s.Reasons[len(s.Reasons)-1].Text}) {
					return
				}
			}
		},
		Text: d.text}
}

func (d *suggestDocument) text(p *report.Page) {
	for _, r := range d.Refused {
		p.Para(0, report.Part{Text: fmt.Sprintf("%d would be the name's, but %s.", r.Port, r.Why), Style: report.Note})
	}
	for _, s := range d.Suggestions {
		p.Heading(strconv.Itoa(int(s.Port)))
		for _, r := range s.Reasons {
			if r.Code == "free-here" && !d.HostLooked {
				continue
			}
			p.Hang(2, "- ", report.Text(r.Text))
		}
	}
	p.Blank()
	p.Para(0, report.Part{Text: "Only IANA can assign a port (RFC 6335, section 8). To keep one on this host, declare it in portolan.toml.", Style: report.Faint})
}
