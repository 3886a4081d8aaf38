package main

import (
	"fmt"

	"github.com/portolan/portolan/internal/probe"
)

// tally counts ports by what became of them, for every command that asks or
// judges answers.
type tally struct {
	Open     int `json:"open"`
	Closed   int `json:"closed"`
	Filtered int `json:"filtered"`
	NoAnswer int `json:"no_answer"`
	Errors   int `json:"errors"`
	Named    int `json:"named"`
}

func (t *tally) count(state probe.State) {
	switch state {
	case probe.Open:
		t.Open++
	case probe.Closed:
		t.Closed++
	case probe.Filtered:
		t.Filtered++
	case probe.NoAnswer:
		t.NoAnswer++
	default:
		t.Errors++
	}
}

// words are "1 open, 1 named, 3 closed".
func (t tally) words() string {
	text := fmt.Sprintf("%d open, %d named", t.Open, t.Named)
	for _, part := range []struct {
		n    int
		word string
	}{{t.Closed, "closed"}, {t.Filtered, "filtered"}, {t.NoAnswer, "without an answer"}, {t.Errors, "failed"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	return text
}
