package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The committed page is what the data give, so no figure on it goes stale.
func TestPageIsCurrent(t *testing.T) {
	want, err := write()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "findings.md"))
	if err != nil || string(got) != string(want) {
		t.Errorf("docs/findings.md is not what the data give (%v): go run ./internal/cmd/findings", err)
	}
}
