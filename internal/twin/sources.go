package twin

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Source is a line of sources.tsv: the birth certificate of one document.
type Source struct {
	ID, Title, Date   string
	Series, Authority string
	Role              string // assigns, witnesses
	Coverage          string // whole: absence speaks; names: one name a key, denies nothing; changes: what differs from edition to edition
	Transports        string // that it speaks of: "tcp; udp"
	URL               string // where it is published
	SHA256            string // of the raw text
	Rows, LeftOut     int    // of its twin, and what could not be read as a row
	Reader, File      string // of regread: which reader, and the raw text below the sources' folder
}

// SourceColumns is the header of sources.tsv.
var SourceColumns = []string{"id", "title", "date", "series", "authority", "role", "coverage", "transports", "url", "sha256", "rows", "left_out", "reader", "file"}

// ReadSources reads sources.tsv.
func ReadSources(name string, r io.Reader) ([]Source, error) {
	var all []Source
	err := eachLine(name, r, SourceColumns, func(line string) error {
		s, err := parseSource(line)
		all = append(all, s)
		return err
	})
	return all, err
}

// parseSource reads one line. Fuzzed by FuzzRead.
func parseSource(line string) (s Source, err error) {
	c := strings.Split(line, "\t")
	if len(c) != len(SourceColumns) {
		return s, fmt.Errorf("%d cells, want %d", len(c), len(SourceColumns))
	}
	s = Source{ID: c[0], Title: c[1], Date: c[2], Series: c[3], Authority: c[4], Role: c[5], Coverage: c[6], Transports: c[7], URL: c[8], SHA256: c[9], Reader: c[12], File: c[13]}
	if s.Rows, err = strconv.Atoi(c[10]); err != nil {
		return s, err
	}
	s.LeftOut, err = strconv.Atoi(c[11])
	return s, err
}

// WriteSources writes sources.tsv in the order given.
func WriteSources(w io.Writer, sources []Source) error {
	bw := bufio.NewWriter(w)
	fmt.Fprintln(bw, strings.Join(SourceColumns, "\t"))
	for _, s := range sources {
		fmt.Fprintln(bw, strings.Join([]string{s.ID, s.Title, s.Date, s.Series, s.Authority, s.Role, s.Coverage, s.Transports, s.URL, s.SHA256,
			strconv.Itoa(s.Rows), strconv.Itoa(s.LeftOut), s.Reader, s.File}, "\t"))
	}
	return bw.Flush()
}
