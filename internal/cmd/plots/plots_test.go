package main

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed figures are what the data give.
func TestFiguresAreCurrent(t *testing.T) {
	for name, want := range drawings() {
		got, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "findings", name))
		if err != nil || string(got) != want {
			t.Errorf("docs/findings/%s is not what the data give (%v): go run ./internal/cmd/plots", name, err)
		}
	}
}

// Each is XML, and says in words what it shows.
func TestFiguresAreXML(t *testing.T) {
	for name, svg := range drawings() {
		d := xml.NewDecoder(strings.NewReader(svg))
		titles := 0
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok && (start.Name.Local == "title" || start.Name.Local == "desc") {
				titles++
			}
		}
		if titles < 4 {
			t.Errorf("%s has %d titles", name, titles)
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct{ highest, most, step int }{{1, 2, 1}, {364, 500, 100}, {6357, 8000, 2000}, {199, 250, 50}} {
		most, step := (&chart{bars: []bar{{parts: []int{c.highest}}}}).scale()
		if most != c.most || step != c.step || most < c.highest {
			t.Errorf("%d: to %d by %d, want %d by %d", c.highest, most, step, c.most, c.step)
		}
	}
}

func TestSortKey(t *testing.T) {
	order := []string{"1992–1994", "1994–2005", "2013–2015", "2015", "2015–2017", "2017"}
	for i := 1; i < len(order); i++ {
		if sortKey(order[i-1]) >= sortKey(order[i]) {
			t.Errorf("%s does not come before %s", order[i-1], order[i])
		}
	}
}
