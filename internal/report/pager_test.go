package report

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestFindPager(t *testing.T) {
	for _, c := range []struct {
		own, general string
		want         []string
	}{
		{"", "", []string{"less", "-FRX"}},
		{"", "more -s", []string{"more", "-s"}},
		{"most", "more", []string{"most"}},
		{"  ", "more", []string{"more"}},
		{"cat", "more", nil},
		{"", "cat", nil},
	} {
		env := map[string]string{"PORTOLAN_PAGER": c.own, "PAGER": c.general}
		p := FindPager(func(k string) string { return env[k] }, nil, nil)
		if c.want == nil && p != nil || c.want != nil && (p == nil || !slices.Equal(p.Command, c.want)) {
			t.Errorf("%v: %+v, want %v", env, p, c.want)
		}
	}
}

// shown prints twenty lines on a terminal of the given height through a pager.
func shown(t *testing.T, o Out) string {
	t.Helper()
	var b bytes.Buffer
	o.W = &b
	if o.Pager != nil {
		o.Pager.Stdout = &b
	}
	if err := o.Show([]byte(strings.Repeat("line\n", 20))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPagerOnlyWhereItHelps(t *testing.T) {
	tr, err := exec.LookPath("tr")
	if err != nil {
		t.Skip("this host has no tr, which stands in for a pager")
	}
	pager := &Pager{Command: []string{tr, "a-z", "A-Z"}}
	for _, c := range []struct {
		o    Out
		want string
	}{
		{Out{Terminal: true, Height: 10, Pager: pager}, "LINE"},
		{Out{Terminal: true, Height: 20, Pager: pager}, "LINE"},
		{Out{Terminal: true, Height: 21, Pager: pager}, "line"},
		{Out{Terminal: true, Height: 10}, "line"},
		{Out{Height: 10, Pager: pager}, "line"},
		{Out{Terminal: true, Pager: pager}, "line"},
		{Out{Terminal: true, Height: 10, Pager: &Pager{Command: []string{"no-such-pager-here"}}}, "line"},
	} {
		if got := shown(t, c.o); got != strings.Repeat(c.want+"\n", 20) {
			t.Errorf("%+v: %.20q, want %s", c.o, got, c.want)
		}
	}
}

func TestPagerLeftEarly(t *testing.T) {
	if _, err := exec.LookPath("true"); err != nil {
		t.Skip("this host has no true, which stands in for a pager that is left at once")
	}
	var b bytes.Buffer
	o := Out{W: &b, Terminal: true, Height: 1, Pager: &Pager{Command: []string{"true"}}}
	if err := o.Show(bytes.Repeat([]byte("line\n"), 100000)); err != nil || b.Len() != 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}
