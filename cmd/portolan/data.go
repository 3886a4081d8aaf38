package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const sourcesSchema = "portolan.sources/v1"

func (a *app) dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "Say what the answers rest on",
		Args:  a.atMost(0),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use:   "sources",
		Short: "List the embedded sources: date, authority, rows, sha256",
		Long: `List the sources that are in this program: what each is, the date that it speaks
for, whether it assigns ports or witnesses their use, how many rows were read and
how many lines could not be, and the sha256 of the text that was read.`,
		Args: a.atMost(0),
		RunE: func(*cobra.Command, []string) error { return a.dataSources() },
	}, a.verifyCommand(), a.updateCommand(), a.resetCommand())
	return c
}

type sourcesDocument struct {
	Schema      string       `json:"schema"`
	DataVersion string       `json:"data_version"`
	Sources     []sourceItem `json:"sources"`
}

type sourceItem struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Date      string `json:"date"`
	Series    string `json:"series"`
	Authority string `json:"authority"`
	Role      string `json:"role"`
	Whole     bool   `json:"whole"` // absence from it means something
	URL       string `json:"url"`
	SHA256    string `json:"sha256"`
	Rows      int    `json:"rows"`
	LeftOut   int    `json:"left_out"`
	// Transports are those that it speaks of: its silence says nothing of others.
	Transports []string `json:"transports"`
	// Editions is more than 1 for a run of editions that is recorded by what
	// changed; Date is then that of the first, Until that of the last, and rows
	// and left out are the last one's.
	Editions int     `json:"editions"`
	Until    *string `json:"until"`
}

// sourceItems lists the sources, a run of editions as one.
func sourceItems() []sourceItem {
	var all []sourceItem
	for _, s := range registry.Sources() {
		if n := len(all); s.Of != "" && n > 0 && all[n-1].ID == s.Of {
			until := s.Date.String()
			all[n-1].Editions++
			all[n-1].Until, all[n-1].Rows, all[n-1].LeftOut = &until, s.Rows, s.LeftOut
			continue
		}
		item := sourceItem{ID: cmp.Or(s.Of, s.ID), Title: s.Title, Date: s.Date.String(), Series: s.Series, Authority: s.Authority, Role: string(s.Role),
			Whole: s.Whole, URL: s.URL, SHA256: s.SHA256, Rows: s.Rows, LeftOut: s.LeftOut, Transports: []string{}, Editions: 1}
		for t := portolan.TCP; t <= portolan.NCP; t++ {
			if s.Covers(t) {
				item.Transports = append(item.Transports, t.String())
			}
		}
		all = append(all, item)
	}
	return all
}

func (a *app) dataSources() error {
	d := &sourcesDocument{sourcesSchema, registry.Version(), sourceItems()}
	return a.print(&report.Document{Schema: sourcesSchema, DataVersion: d.DataVersion, Value: d,
		Items:   each(d.Sources),
		Columns: []string{"id", "title", "date", "series", "authority", "role", "whole", "url", "sha256", "rows", "left_out", "transports", "editions"},
		Rows: func(yield func([]string) bool) {
			for _, s := range d.Sources {
				if !yield([]string{s.ID, s.Title, s.Date, s.Series, s.Authority, s.Role, strconv.FormatBool(s.Whole), s.URL, s.SHA256, strconv.Itoa(s.Rows), strconv.Itoa(s.LeftOut), strings.Join(s.Transports, " "), strconv.Itoa(s.Editions)}) {
					return
				}
			}
		},
		Text: d.text})
}

func (d *sourcesDocument) text(p *report.Page) {
	p.Para(0, report.Text("Data version "+d.DataVersion))
	for _, s := range d.Sources {
		p.Heading(s.ID)
		rows, date := strconv.Itoa(s.Rows), s.Date
		if s.Editions > 1 {
			date += fmt.Sprintf(" to %s, %d editions, recorded by what changed", *s.Until, s.Editions)
			rows += " in the last"
		}
		if s.LeftOut > 0 {
			rows += "; " + strconv.Itoa(s.LeftOut) + " lines could not be read as a row, each listed with its reason in registry/history"
		}
		p.Pairs(2, report.KV("title", s.Title), report.KV("date", date), report.KV("speaks of", strings.Join(s.Transports, ", ")), report.KV("authority", s.Authority+", "+s.Role),
			report.KV("published", s.URL), report.KV("rows", rows), report.KV("sha256", s.SHA256))
	}
}
