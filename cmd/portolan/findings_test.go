package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)

// Every figure of docs/findings.md in bold is printed by the command at the end
// of its line, all figures of a line on one line of the output.
func TestFindingsAreWhatTheCommandsPrint(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "findings.md"))
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string][]string{}
	rows := 0
	for line := range strings.Lines(string(text)) {
		_, command, ok := strings.Cut(line, "`portolan ")
		figures := bold.FindAllStringSubmatch(line, -1)
		if !ok || !strings.HasPrefix(line, "|") || len(figures) == 0 {
			continue
		}
		command, _, _ = strings.Cut(command, "`")
		if printed[command] == nil {
			got := testEnv(shellWords(command)...).run()
			printed[command] = strings.Split(got.out+got.errors, "\n")
		}
		if !someLineHas(printed[command], figures) {
			t.Errorf("portolan %s prints no line with the figures of\n%s", command, line)
		}
		rows++
	}
	if rows < 30 {
		t.Errorf("%d rows were compared", rows)
	}
}

// shellWords splits at blanks, texts in quotes whole.
func shellWords(s string) []string {
	var all []string
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

func someLineHas(lines []string, figures [][]string) bool {
	for _, line := range lines {
		all := true
		for _, f := range figures {
			all = all && regexp.MustCompile(`(^|[^0-9A-Za-z])`+regexp.QuoteMeta(f[1])+`($|[^0-9A-Za-z])`).MatchString(line)
		}
		if all {
			return true
		}
	}
	return false
}
