// Package logbook keeps the log in which every line of the history was
// recorded, so that whoever has its tree head can tell that nothing of it was
// lost or altered since. docs/formats/history-log.md describes it well enough
// to write a checker in another language.
//
// # Terms
//
// A leaf is one line of text. A [Reading] is all that a source says, leaf by
// leaf, its birth certificate first. The [Log] is a list of entries: each admits
// a reading, or mends one that was admitted. The leaves of all entries, in
// order, are those of a Merkle tree (RFC 6962); its head stands beside every
// entry. A [Release] is the head that was shipped with a version: a later log
// extends it if the tree of its first leaves has that head.
//
// # Use
//
// internal/cmd/reglog reads the twins with [FromTwins], the tables with [Parse],
// and calls [Log.Extend]. The command "portolan data verify" hands what the
// binary embeds to [Verify].
//
// # What you may not assume
//
// Entries stand in the order of admission, not of dates: a source of 1972 that
// is read in 2026 is appended. That a log is consistent does not make it the
// one that you saw before: for that, compare heads.
package logbook
