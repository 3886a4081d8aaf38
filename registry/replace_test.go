package registry

import (
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
)

// samplePack has the head of a packed file and short parts.
func samplePack() string {
	body := "onetwo"
	sum := crc32.Checksum([]byte(body), crc32.MakeTable(crc32.Castagnoli))
	return fmt.Sprintf("portolan-registry 1\nversion v\nbased b\nsources 2\nedition 1\nfirst 0\ncrc32c %08x\ntext 3\nrows 3\n\n%s", sum, body)
}

func TestParsePack(t *testing.T) {
	h, parts, err := parsePack(samplePack())
	if err != nil || h.version != "v" || h.based != "b" || h.sources != 2 || h.edition != 1 || parts["text"] != "one" || parts["rows"] != "two" {
		t.Errorf("%+v %v %v", h, parts, err)
	}
}

func TestReplaceRefuses(t *testing.T) {
	before := Version()
	for name, c := range map[string]struct{ file, want string }{
		"another file":    {"#!/bin/sh\n\n", "no packed registry"},
		"cut short":       {samplePack()[:len(samplePack())-1], "cut short"},
		"longer":          {samplePack() + "x", "behind its end"},
		"a flipped bit":   {strings.Replace(samplePack(), "onetwo", "onftwo", 1), "checksum"},
		"parts missing":   {samplePack(), "no part is called"},
		"a huge part":     {strings.Replace(samplePack(), "text 3", "text 99999999999", 1), "out of range"},
		"a negative part": {strings.Replace(samplePack(), "text 3", "text -3", 1), "invalid syntax"},
	} {
		if _, err := Replace(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if Version() != before || !EverAssigned(378) {
		t.Error("the embedded registry did not stay")
	}
}

func FuzzPack(f *testing.F) {
	f.Add(samplePack())
	f.Fuzz(func(t *testing.T, file string) {
		_, parts, err := parsePack(file)
		n := 0
		for _, p := range parts {
			n += len(p)
		}
		if err == nil && n > len(file) {
			t.Errorf("%d bytes of parts in %d", n, len(file))
		}
	})
}
