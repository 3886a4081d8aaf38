// Command findings writes docs/findings.md, what the data say in figures:
//
//	go run ./internal/cmd/findings
//
// The words are those of findings.md.tmpl and the figures those of the registry,
// so a new source needs no more than running it and the command plots again. A
// test holds the page to what is written here, and another one, beside the
// commands, runs every command that the page names and looks for its figures.
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed findings.md.tmpl
var page string

func main() {
	path := flag.String("o", filepath.Join("docs", "findings.md"), "where to write")
	flag.Parse()
	text, err := write()
	if err == nil {
		err = os.WriteFile(*path, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(*path)
}

// write fills the page in.
func write() ([]byte, error) {
	t, err := template.New("findings.md").Parse(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, gather())
	return b.Bytes(), err
}
