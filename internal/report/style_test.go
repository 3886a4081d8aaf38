package report

import "testing"

func TestUseColor(t *testing.T) {
	for _, c := range []struct {
		mode     ColorMode
		terminal bool
		env      map[string]string
		want     bool
	}{
		{ColorAuto, true, nil, true},
		{ColorAuto, false, nil, false},
		{ColorAuto, true, map[string]string{"NO_COLOR": "yes"}, false},
		{ColorAuto, true, map[string]string{"NO_COLOR": "0"}, false},
		{ColorAuto, true, map[string]string{"NO_COLOR": ""}, true},
		{ColorAuto, false, map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{ColorAuto, false, map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{ColorAuto, true, map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false},
		{ColorAuto, true, map[string]string{"TERM": "dumb"}, false},
		{ColorAuto, true, map[string]string{"CLICOLOR": "0"}, false},
		{ColorAlways, false, map[string]string{"NO_COLOR": "1"}, true},
		{ColorNever, true, map[string]string{"CLICOLOR_FORCE": "1"}, false},
	} {
		if got := UseColor(c.mode, c.terminal, func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("UseColor(%s, terminal %v, %v) = %v", c.mode, c.terminal, c.env, got)
		}
	}
}

func TestPaint(t *testing.T) {
	if got := paint(true, Alarm, "ALERT"); got != "\x1b[1;31mALERT\x1b[0m" {
		t.Errorf("%q", got)
	}
	for _, got := range []string{paint(false, Alarm, "x"), paint(true, Plain, "x"), paint(true, Style(99), "x")} {
		if got != "x" {
			t.Errorf("%q, want x alone", got)
		}
	}
}

func TestSeverityStyles(t *testing.T) {
	seen := map[Style]string{}
	for _, w := range []string{"alert", "warning", "notice", "info", "ok"} {
		s := SeverityStyle(w)
		if s == Plain || seen[s] != "" {
			t.Errorf("%s looks like %q", w, seen[s])
		}
		seen[s] = w
	}
	if SeverityStyle("\x1b") != Plain {
		t.Error("an unknown word has a style")
	}
}
