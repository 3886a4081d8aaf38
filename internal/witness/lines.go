package witness

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// This file reads services(5) and nmap-services, and opens nothing.

// search returns what the lines of a file say of a key.
func search(file File, text []byte, k portolan.Key, parse func(string, portolan.Key) (Saying, bool, error)) (said []Saying, errs []error) {
	for n, line := range linesWith(text, strconv.Itoa(int(k.Port))+"/") {
		wrong := func(err error) {
			errs = append(errs, &ParseError{file.Path, n, string(line[:min(len(line), maxLine)]), err})
		}
		if len(said) >= maxSayings || len(errs) >= maxSayings {
			wrong(fmt.Errorf("more than %d lines for %s: the rest is not read", maxSayings, k))
			break
		}
		if len(line) > maxLine {
			wrong(fmt.Errorf("more than %d bytes: not read", maxLine))
			continue
		}
		s, ok, err := parse(string(line), k)
		if err != nil {
			wrong(err)
		}
		if ok {
			s.File, s.Line, s.Span = file, n, portolan.Span{First: k.Port, Last: k.Port}
			said = append(said, s)
		}
	}
	return said, errs
}

// linesWith returns the lines that hold s, with their numbers. To search first
// and to split only there takes a tenth of the time: nmap-services has 27,000
// lines, and a port has three.
func linesWith(text []byte, s string) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for n := 1; ; n++ {
			i := bytes.Index(text, []byte(s))
			if i < 0 {
				return
			}
			start := bytes.LastIndexByte(text[:i], '\n') + 1
			n += bytes.Count(text[:start], []byte("\n"))
			line, rest, more := bytes.Cut(text[start:], []byte("\n"))
			if !yield(n, line) || !more {
				return
			}
			text = rest
		}
	}
}

// parseService reads "name port/protocol alias… # comment" (services(5)).
// ok is false where the line is about another key. Fuzzed by FuzzFind.
func parseService(line string, k portolan.Key) (s Saying, ok bool, err error) {
	cells, comment := cellsOf(line, k)
	if cells == nil {
		return s, false, nil
	}
	return Saying{Name: cells[0], Aliases: cells[2:], Comment: comment}, true, nil
}

// parseNmap reads "name port/protocol open-frequency # comment", all that one of
// Nmap's lines has. Fuzzed by FuzzFind.
func parseNmap(line string, k portolan.Key) (s Saying, ok bool, err error) {
	cells, comment := cellsOf(line, k)
	if cells == nil {
		return s, false, nil
	}
	s = Saying{Name: cells[0], Comment: comment}
	if s.Name == "unknown" {
		s.Name = "" // open on some hosts, and nobody knows what it is
	}
	if len(cells) > 2 {
		s.Frequency, err = parseFrequency(cells[2])
		s.HasFrequency = err == nil
	}
	return s, true, err
}

// cellsOf returns the words of a line before its comment, nil if the line is
// not about the key.
func cellsOf(line string, k portolan.Key) (cells []string, comment string) {
	data, comment, _ := strings.Cut(line, "#")
	cells = strings.Fields(data)
	if len(cells) < 2 {
		return nil, ""
	}
	if got, err := portolan.ParseKey(cells[1]); err != nil || got != k {
		return nil, ""
	}
	return cells, strings.TrimSpace(comment)
}

// parseFrequency reads a share: "0.484143", or "3/1000" as older files have it.
// Fuzzed by FuzzFind.
func parseFrequency(s string) (float64, error) {
	above, below, isRatio := strings.Cut(s, "/")
	f, err := strconv.ParseFloat(above, 64)
	if isRatio && err == nil {
		var d float64
		d, err = strconv.ParseFloat(below, 64)
		f /= d
	}
	if err != nil {
		return 0, fmt.Errorf("open frequency: %w", err)
	}
	if !(f >= 0 && f <= 1) { // or no number at all: 0/0
		return 0, errors.New("open frequency: not a share from 0 to 1")
	}
	return f, nil
}
