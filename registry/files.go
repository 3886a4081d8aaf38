package registry

import (
	_ "embed"
	"iter"
)

// Files yields the packed files, by name, in the order in which [Version]
// hashes them: for programs that check the data or read it in a way of their
// own. docs/formats/registry-pack.md describes them.
func Files() iter.Seq2[string, string] { return files }

// The log of what was recorded is not packed: it is kept by hand and only ever
// grows, and so is embedded as it stands.
var (
	//go:embed history/log.tsv
	logEntries string
	//go:embed history/mends.tsv
	logMends string
	//go:embed history/releases.tsv
	logReleases string
)

// Log returns the log in which every row was recorded, as tables: its entries,
// the lines of mended readings, and its tree head at each release.
// docs/formats/history-log.md describes them.
func Log() (entries, mends, releases string) { return logEntries, logMends, logReleases }
