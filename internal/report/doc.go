// Package report shows plain values: one renderer for text on a terminal,
// tables, JSON, NDJSON, CSV and TSV, with colour, width, pager and escaping.
// It knows no port and opens nothing but the pager.
//
// # Terms
//
// A [Document] is one answer, ready for every [Format]: a value for JSON,
// items for NDJSON, columns and rows for CSV and TSV, and a function that
// writes it for people on a [Page]. An [Out] is where it goes and what is known
// of that place. A [Part] is a piece of text with a [Style]; a style is worth
// nothing where colour is off, so meaning is always in the words too.
//
// # Use
//
// Fill a [Document] and hand it to [Out.Print]. In its Text function call
// [Page.Heading], [Page.Para], [Page.Pairs], [Page.Table] and so on. Values
// with many rows implement [Appender] and write themselves with [JSON], which
// does without reflection; all others go through encoding/json.
//
// # What you may not assume
//
// Page escapes every text it is given with [Escape]: do not escape before, and
// do not put colour codes into a text. Machine formats carry the text as it is:
// JSON with anything unfit for a terminal as \u escapes (which any JSON reader
// turns back), CSV quoted, TSV with backslashes; CSV and TSV are escaped like a
// page only where they go to a terminal. No cell is altered to please a
// spreadsheet: a program that opens CSV as formulas must be told that it holds
// text. A table is cut to fit only on a terminal; a pipe gets everything.
package report
