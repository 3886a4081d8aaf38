// Command regread reads raw sources into text twins: registry/history/<id>.tsv,
// one for each line of registry/history/sources.tsv. It is run by hand, and
// what it writes is reviewed before it is committed; raw sources never are.
//
//	go run ./internal/cmd/regread -sources DIR [ID…]
//
// It refuses a raw text whose sha256 is not the one in sources.tsv, writes how
// many rows it read there, and lists in left-out.tsv, by name and with the
// reason, whatever looked like an entry and could not be read as one.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// A reader turns a raw text into rows and the lines that it had to leave out.
type reader func(text []byte) ([]twin.Row, []Reject, error)

// readers holds one function for each format, by the name in sources.tsv.
var readers = map[string]reader{
	"rfc349":        readRFC349,
	"hosts433":      readHosts433,
	"hosts503":      readHosts503,
	"rfc739":        readRFC739,
	"rfc820":        readRFC820,
	"rfc900":        readRFC900,
	"rfc1340":       readRFC1340,
	"rfc1700":       readRFC1700,
	"iana-xml":      readIANAXML,
	"iana-text":     readIANAText,
	"iana-csv-json": readIANACSV,
	"names":         readNames,
	"services":      readServices,
	"witness":       readWitness,
	"selinux":       readSELinux,
	"references":    readReferences,
}

func main() {
	raw := flag.String("sources", "../shared/sources", "folder of the raw `texts`")
	history := flag.String("history", "registry/history", "folder of the `twins`")
	flag.Parse()
	if err := run(*raw, *history, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "regread:", err)
		os.Exit(1)
	}
}

func run(raw, history string, only []string) error {
	list := filepath.Join(history, "sources.tsv")
	f, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	sources, err := twin.ReadSources(list, bytes.NewReader(f))
	if err != nil {
		return err
	}
	for i := range sources {
		if len(only) > 0 && !slices.Contains(only, sources[i].ID) {
			continue
		}
		if err := readSource(&sources[i], raw, history); err != nil {
			return fmt.Errorf("%s: %w", sources[i].ID, err)
		}
	}
	var out bytes.Buffer
	if err := twin.WriteSources(&out, sources); err != nil {
		return err
	}
	return os.WriteFile(list, out.Bytes(), 0o644)
}

// readSource reads one raw text, writes its twin and completes its certificate.
func readSource(s *twin.Source, raw, history string) error {
	text, err := os.ReadFile(filepath.Join(raw, s.File))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	if got := hex.EncodeToString(sum[:]); s.SHA256 == "" {
		s.SHA256 = got
	} else if got != s.SHA256 {
		return fmt.Errorf("%s has sha256 %s, sources.tsv says %s: not the text that was reviewed", s.File, got, s.SHA256)
	}
	if s.Coverage == "changes" {
		return weeklySource(s, filepath.Join(raw, s.File), history, text)
	}
	read, ok := readers[s.Reader]
	if !ok {
		return fmt.Errorf("no reader is called %q: add it to readers in main.go", s.Reader)
	}
	rows, left, err := read(text)
	if err != nil {
		return err
	}
	s.Rows, s.LeftOut = len(rows), len(left)
	var out bytes.Buffer
	if err := twin.Write(&out, rows); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(history, s.ID+".tsv"), out.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%-24s %6d rows, %d left out\n", s.ID, len(rows), len(left))
	return writeLeftOut(filepath.Join(history, s.ID+".left-out.tsv"), left)
}

// writeLeftOut writes what could not be read; no file where nothing was left out.
func writeLeftOut(path string, left []Reject) error {
	if len(left) == 0 {
		err := os.Remove(path)
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	slices.SortFunc(left, func(a, b Reject) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Text, b.Text)
	})
	var out bytes.Buffer
	fmt.Fprintln(&out, "place\ttext\treason")
	for _, r := range left {
		fmt.Fprintf(&out, "%d\t%s\t%s\n", r.Line, oneLine(r.Text), oneLine(r.Reason))
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
