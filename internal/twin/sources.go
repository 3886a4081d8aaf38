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
	Coverage          string // whole: absence speaks; names: one name a key, denies nothing
	URL               string // where it is published
	SHA256            string // of the raw text
	Rows, LeftOut     int    // of its twin, and what could not be read as a row
	Reader, File      string // of regread: which reader, and the raw text below the sources' folder
}

// SourceColumns is the header of sources.tsv.
var SourceColumns = []string{"id", "title", "date", "series", "authority", "role", "coverage", "url", "sha256", "rows", "left_out", "reader", "file"}

// ReadSources reads sources.tsv.
func ReadSources(name string, r io.Reader) ([]Source, error) {
	sc := bufio.NewScanner(r)
	var out []Source
	for n := 1; sc.Scan(); n++ {
		if n == 1 {
			if sc.Text() != strings.Join(SourceColumns, "\t") {
				return nil, &ParseError{name, n, sc.Text(), fmt.Errorf("not the header of sources.tsv")}
			}
			continue
		}
		s, err := parseSource(sc.Text())
		if err != nil {
			return nil, &ParseError{name, n, sc.Text(), err}
		}
		out = append(out, s)
	}
	return out, sc.Err()
}

// parseSource reads one line. Fuzzed by FuzzRead.
func parseSource(line string) (s Source, err error) {
	c := strings.Split(line, "\t")
	if len(c) != len(SourceColumns) {
		return s, fmt.Errorf("%d cells, want %d", len(c), len(SourceColumns))
	}
	s = Source{ID: c[0], Title: c[1], Date: c[2], Series: c[3], Authority: c[4], Role: c[5], Coverage: c[6], URL: c[7], SHA256: c[8], Reader: c[11], File: c[12]}
	if s.Rows, err = strconv.Atoi(c[9]); err != nil {
		return s, err
	}
	s.LeftOut, err = strconv.Atoi(c[10])
	return s, err
}

// WriteSources writes sources.tsv in the order given.
func WriteSources(w io.Writer, sources []Source) error {
	bw := bufio.NewWriter(w)
	fmt.Fprintln(bw, strings.Join(SourceColumns, "\t"))
	for _, s := range sources {
		fmt.Fprintln(bw, strings.Join([]string{s.ID, s.Title, s.Date, s.Series, s.Authority, s.Role, s.Coverage, s.URL, s.SHA256,
			strconv.Itoa(s.Rows), strconv.Itoa(s.LeftOut), s.Reader, s.File}, "\t"))
	}
	return bw.Flush()
}
