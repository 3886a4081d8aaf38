// Command plots draws the two figures of docs/findings.md from the registry:
//
//	go run ./internal/cmd/plots
//
// writes docs/findings/assigned.svg and docs/findings/lost.svg. The drawings are
// SVG written by hand, since two bar charts are less than a library; they bring
// their own background, and tell their parts apart by pattern as well as by
// colour. A test holds the committed files to what is drawn.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", filepath.Join("docs", "findings"), "where to write")
	flag.Parse()
	for name, text := range drawings() {
		path := filepath.Join(*dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(path)
	}
}

func drawings() map[string]string {
	return map[string]string{"assigned.svg": assigned(), "lost.svg": lost()}
}
