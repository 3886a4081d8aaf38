package main

import (
	"strings"

	"github.com/portolan/portolan/internal/ianacsv"
	"github.com/portolan/portolan/internal/twin"
)

// What the readers share with the reader of IANA's CSV, which users run too.

func oneLine(s string) string { return ianacsv.OneLine(s) }

func joinNames(a, b string) string { return ianacsv.JoinNames(a, b) }

func withoutAddresses(s string) string { return ianacsv.WithoutAddresses(s) }

func bareStatus(desc string) bool { return ianacsv.BareStatus(desc) }

func ianaStatus(name, desc string) (status, remark string) { return ianacsv.Status(name, desc) }

func beforeColon(s string) string {
	s, _, _ = strings.Cut(s, ":")
	return s
}

func addAliases(rows []twin.Row) { ianacsv.AddAliases(rows) }
