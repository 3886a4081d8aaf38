// Package registry answers who a port is meant for, today and at any date that
// a source speaks for, and cites the source. It is getservbyport for people who
// need to be right: every assignment of every key with its holder, dates,
// notes, unauthorised uses, and the page and line where it stands.
//
// # Terms
//
// A key is a port and a transport. A source is a dated document; its [Role]
// says whether it assigns ports (IANA's editions and the RFCs before them) or
// witnesses that they are used (a distribution's services file, a firewall's
// profiles, a dissector). Sources of one series replace each other, and a whole
// one can say by silence that a row is gone; a list that shows one name a key
// cannot. An [Assignment] is one row as it stood, unchanged, from a first to a
// last source. A [Status] is one of RFC 6335's words. A ghost is a key that is
// assigned today and that no witness lists.
//
// # Use
//
// [Lookup] answers for today, [At] for a date, [History] for all time,
// [Events] and [Diff] say what changed, [Lost] what is gone,
// [Evidence] and [IsGhost] for use, [Service] and [Search] find keys by name
// and by text, [Related] finds a key's kin. [Runs] walks over all ports and [CountsAt]
// counts an edition. [Sources] lists what all that
// rests on. [Threats] has what was reported of malware on a key, with its own
// [ThreatSource], and [Corrections] the common beliefs that the sources deny.
//
// # What you may not assume
//
// The data are embedded and read in place: nothing is done at start, strings
// are slices of the binary, everything is safe for concurrent use. A date is as
// precise as its source. First listed in a source means at or before its date.
// No evidence held is not a proof of no use. Several rows may speak of one key
// and disagree; they are never merged. Texts are as printed, misprints
// included, and come from outside: escape them before a terminal sees them.
package registry
