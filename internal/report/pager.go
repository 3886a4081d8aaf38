package report

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Pager is a program that shows text a screen at a time.
type Pager struct {
	// Command and its arguments.
	Command []string
	// Stdout is the terminal itself: a pager behind a pipe would not page.
	Stdout io.Writer
	// Stderr is where the pager's own messages go.
	Stderr io.Writer
}

// DefaultPager is used where the environment names none: it ends by itself if
// the text fits, passes colour on and leaves the text on the screen.
const DefaultPager = "less -FRX"

// FindPager reads PORTOLAN_PAGER, then PAGER, then takes [DefaultPager]. The
// value is split at blanks; no shell sees it. "cat" means none: nil.
func FindPager(getenv func(string) string, stdout, stderr io.Writer) *Pager {
	for _, line := range [...]string{getenv("PORTOLAN_PAGER"), getenv("PAGER"), DefaultPager} {
		if command := strings.Fields(line); len(command) > 0 {
			if command[0] == "cat" && len(command) == 1 {
				return nil
			}
			return &Pager{command, stdout, stderr}
		}
	}
	return nil
}

// show runs the pager until the reader leaves it. The error says that it did
// not start; how it ended is between it and the reader. It is not stopped
// by an interrupt, which is the pager's to understand and which it needs to put
// the terminal right.
func (p *Pager) show(text []byte) error {
	c := exec.Command(p.Command[0], p.Command[1:]...)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(text), p.Stdout, p.Stderr
	if err := c.Start(); err != nil {
		return fmt.Errorf("pager %s: %w", p.Command[0], err)
	}
	_ = c.Wait() // the text was shown, or the reader did not want it
	return nil
}
