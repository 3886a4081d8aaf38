// Command regpack packs the text twins of registry/history into registry/data
// and writes registry/table.go, the readable description of what was packed.
//
// It works offline and is deterministic: on a clean tree it leaves no diff, and
// CI checks that. docs/formats/registry-pack.md describes the format well
// enough to write a second reader.
//
//	go run ./internal/cmd/regpack
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/portolan/portolan/internal/pack"
)

func main() {
	dir := flag.String("registry", "registry", "folder of the registry `package`")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "regpack:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	editions, err := pack.Load(filepath.Join(dir, "history"))
	if err != nil {
		return err
	}
	p, err := pack.Pack(editions)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		return err
	}
	for _, f := range p.Files {
		if err := os.WriteFile(filepath.Join(dir, "data", f.Name), f.Data, 0o644); err != nil {
			return err
		}
	}
	table, err := p.Table()
	if err != nil {
		return err
	}
	fmt.Print(p.Report())
	return os.WriteFile(filepath.Join(dir, "table.go"), table, 0o644)
}
