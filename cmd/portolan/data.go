package main

import (
	"strconv"

	"github.com/spf13/cobra"

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
	})
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
}

func (a *app) dataSources() error {
	d := &sourcesDocument{sourcesSchema, registry.Version(), nil}
	for _, s := range registry.Sources() {
		d.Sources = append(d.Sources, sourceItem{s.ID, s.Title, s.Date.String(), s.Series, s.Authority, string(s.Role), s.Whole, s.URL, s.SHA256, s.Rows, s.LeftOut})
	}
	return a.print(&report.Document{Schema: sourcesSchema, DataVersion: d.DataVersion, Value: d,
		Items:   each(d.Sources),
		Columns: []string{"id", "title", "date", "series", "authority", "role", "whole", "url", "sha256", "rows", "left_out"},
		Rows: func(yield func([]string) bool) {
			for _, s := range d.Sources {
				if !yield([]string{s.ID, s.Title, s.Date, s.Series, s.Authority, s.Role, strconv.FormatBool(s.Whole), s.URL, s.SHA256, strconv.Itoa(s.Rows), strconv.Itoa(s.LeftOut)}) {
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
		rows := strconv.Itoa(s.Rows)
		if s.LeftOut > 0 {
			rows += "; " + strconv.Itoa(s.LeftOut) + " lines could not be read as a row, each listed with its reason in registry/history"
		}
		p.Pairs(2, report.KV("title", s.Title), report.KV("date", s.Date), report.KV("authority", s.Authority+", "+s.Role),
			report.KV("published", s.URL), report.KV("rows", rows), report.KV("sha256", s.SHA256))
	}
}
