package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// cells measures as most terminals do, whatever the locale says: a test and a
// user must see the same table.
func cells() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// Width returns how many terminal columns s takes. s has been escaped.
func Width(s string) int {
	for i := range len(s) {
		if s[i] > 0x7e {
			return cells().StringWidth(s)
		}
	}
	return len(s)
}

// cut shortens s to at most width columns and marks the loss with "…".
func cut(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	return cells().Truncate(s, width, "…")
}

// pad fills s with blanks to width columns.
func pad(s string, width int, a Align) string {
	missing := width - Width(s)
	if missing <= 0 {
		return s
	}
	if a == Right {
		return strings.Repeat(" ", missing) + s
	}
	return s + strings.Repeat(" ", missing)
}
