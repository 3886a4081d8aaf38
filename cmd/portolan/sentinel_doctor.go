package main

import (
	"strconv"

	"github.com/portolan/portolan/internal/report"
)

const doctorSchema = "portolan.doctor/v1"

// doctorDocument is what this host allows the sentinel.
type doctorDocument struct {
	Schema      string        `json:"schema"`
	DataVersion string        `json:"data_version"`
	Best        string        `json:"best"` // "" where there is none
	Checks      []doctorCheck `json:"checks"`
}

// doctorCheck is one thing that was tried.
type doctorCheck struct {
	Mode string `json:"mode"`
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Why  string `json:"why"`
	Next string `json:"next"`
}

func (d *doctorDocument) document() *report.Document {
	return &report.Document{Schema: d.Schema, DataVersion: d.DataVersion, Value: d, Items: each(d.Checks),
		Columns: []string{"mode", "what", "ok", "why", "next"}, Rows: d.rows, Text: d.text}
}

func (d *doctorDocument) rows(yield func([]string) bool) {
	for _, c := range d.Checks {
		if !yield([]string{c.Mode, c.What, strconv.FormatBool(c.OK), c.Why, c.Next}) {
			return
		}
	}
}

func (d *doctorDocument) text(p *report.Page) {
	t := &report.Table{Columns: []report.Column{{Header: "MODE"}, {Header: "TRIED", Min: 20}, {Header: "RESULT"}}}
	for _, c := range d.Checks {
		result := "yes"
		if !c.OK {
			result = "no"
		}
		t.Rows = append(t.Rows, []report.Cell{report.Text(c.Mode), report.Text(c.What), report.Text(result)})
	}
	p.Table(t)
	for _, c := range d.Checks {
		if c.OK {
			continue
		}
		p.Blank()
		p.Para(0, report.Text(c.Mode+", "+c.What+": "+c.Why))
		if c.Next != "" {
			p.Hang(2, "- ", report.Text(c.Next))
		}
	}
	p.Blank()
	if d.Best == "" {
		p.Para(0, report.Text("Nothing is possible here."))
		return
	}
	p.Para(0, report.Text("portolan sentinel would use: "), report.Part{Text: d.Best, Style: report.Strong})
}
