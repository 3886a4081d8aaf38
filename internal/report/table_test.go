package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func sample() *Table {
	return &Table{
		Columns: []Column{{Header: "PORT", Align: Right}, {Header: "SERVICE", Priority: 1, Min: 8}, {Header: "PROGRAM", Priority: 2, Min: 7}, {Header: "UNIT", Priority: 3, Min: 6}},
		Rows: [][]Cell{
			{{"22", Place}, Text("ssh"), Text("sshd"), Text("ssh.service")},
			{{"5432", Place}, Text("postgresql"), Text("postgres"), Text("postgresql@15-main.service")},
		},
	}
}

func render(t *Table, width int, color bool) []string {
	p := NewPage(width, color)
	p.Table(t)
	return strings.Split(strings.TrimSuffix(string(p.Bytes()), "\n"), "\n")
}

func TestTableWidths(t *testing.T) {
	for width, want := range map[int]string{
		0:  "PORT  SERVICE     PROGRAM   UNIT|  22  ssh         sshd      ssh.service|5432  postgresql  postgres  postgresql@15-main.service",
		60: "PORT  SERVICE     PROGRAM   UNIT|  22  ssh         sshd      ssh.service|5432  postgresql  postgres  postgresql@15-main.service",
		44: "PORT  SERVICE     PROGRAM   UNIT|  22  ssh         sshd      ssh.service|5432  postgresql  postgres  postgresql@15-m…",
		32: "PORT  SERVICE    PROGRAM  UNIT|  22  ssh        sshd     ssh.s…|5432  postgres…  postgr…  postg…",
		14: "PORT  SERVICE|  22  ssh|5432  postgre…|Not shown for|want of width:|unit, program.",
	} {
		if got := strings.Join(render(sample(), width, false), "|"); got != want {
			t.Errorf("width %d:\n got %s\nwant %s", width, got, want)
		}
	}
}

func TestTableNeverWider(t *testing.T) {
	long := sample()
	long.Rows = append(long.Rows, []Cell{Text("1"), Text("日本語日本語日本語"), Text("\x1b[2J" + strings.Repeat("x", 300)), Text("é\u0301 wide 🚢 ship")})
	for width := 1; width < 130; width++ {
		for _, l := range render(long, width, false)[:4] {
			// Four columns of one sign and the gaps are the least there can be.
			if w := Width(l); w > max(width, 4) {
				t.Errorf("width %d: %q is %d wide", width, l, w)
			}
		}
	}
}

func TestTableEscapesAndColours(t *testing.T) {
	table := &Table{Columns: []Column{{Header: "A"}, {Header: "B"}}, Rows: [][]Cell{{{"\x1b[H", Alarm}, Text("b"), Text("too many")}, {Text("short")}}}
	plain := render(table, 0, false)
	if strings.ContainsRune(strings.Join(plain, ""), 0x1b) {
		t.Errorf("an escape came through: %q", plain)
	}
	want := []string{"\x1b[1mA\x1b[0m       \x1b[1mB\x1b[0m", "\x1b[1;31m\\x1b[H\x1b[0m  b", "short"}
	if colored := render(table, 0, true); !slices.Equal(colored, want) {
		t.Errorf("%q, want %q", colored, want)
	}
}

func TestTableLeavesNoTrailingBlanks(t *testing.T) {
	table := &Table{Columns: []Column{{Header: "A"}, {Header: "LONG HEADER"}}, Rows: [][]Cell{{Text("a"), Text("")}}}
	for _, l := range render(table, 0, false) {
		if strings.HasSuffix(l, " ") {
			t.Errorf("%q ends in blanks", l)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	big := sample()
	for i := range 20000 {
		big.Rows = append(big.Rows, []Cell{{fmt.Sprint(i), Place}, Text("service"), Text("program"), Text("some-unit.service")})
	}
	for b.Loop() {
		p := NewPage(120, true)
		p.Table(big)
	}
}
