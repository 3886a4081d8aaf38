package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man [DIR]",
		Short: "Print the manual page, or write all pages into a folder",
		Long: `Prints the main manual page, portolan(1), in the format of man(7). With DIR it
writes one page for each command there, and makes the folder if need be.`,
		Example: `  portolan man | man -l -
  portolan man ~/.local/share/man/man1`,
		Args: a.atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := a.out.Write(manPage(a.root))
				return err
			}
			return a.writeMan(args[0])
		},
	}
}

func (a *app) writeMan(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fail(exitFailure, "make the folder for the manual pages: %w", err).hint("give a folder that you may write to")
	}
	pages := 0
	for _, c := range withPage(a.root) {
		name := filepath.Join(dir, manName(c)+".1")
		if err := os.WriteFile(name, manPage(c), 0o644); err != nil {
			return fail(exitFailure, "write a manual page: %w", err)
		}
		pages++
	}
	a.notice(fmt.Sprintf("%s in %s", count(pages, "manual page"), dir))
	return nil
}

// withPage returns a command and all below it that have a page of their own;
// topics stand in the main page.
func withPage(c *cobra.Command) []*cobra.Command {
	if c.Hidden || !c.Runnable() {
		return nil
	}
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, withPage(sub)...)
	}
	return all
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage writes man(7) without a date, so that two builds agree.
func manPage(c *cobra.Command) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".TH %s 1 \"\" portolan \"portolan manual\"\n", strings.ToUpper(roff(manName(c))))
	section(&b, "NAME", roff(manName(c))+` \- `+roff(c.Short))
	section(&b, "SYNOPSIS", ".B "+roff(c.UseLine()))
	long := c.Long
	if long == "" {
		long = c.Short + "."
	}
	section(&b, "DESCRIPTION", prose(long))
	manFlags(&b, "OPTIONS", c.NonInheritedFlags())
	manFlags(&b, "GLOBAL OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		section(&b, "EXAMPLES", verbatim(c.Example))
	}
	if c.HasParent() {
		section(&b, "SEE ALSO", ".BR portolan (1)")
		return b.Bytes()
	}
	manRoot(&b, c)
	return b.Bytes()
}

// manRoot adds what only the main page has: the commands and the topics.
func manRoot(b *bytes.Buffer, root *cobra.Command) {
	fmt.Fprintln(b, ".SH COMMANDS")
	for _, c := range withPage(root)[1:] {
		fmt.Fprintf(b, ".TP\n.BR %s (1)\n%s\n", roff(manName(c)), roff(c.Short))
	}
	for _, c := range root.Commands() {
		if !c.Runnable() {
			section(b, strings.ToUpper(roff(strings.ReplaceAll(c.Name(), "-", " "))), verbatim(c.Long))
		}
	}
}

func section(b *bytes.Buffer, title, text string) {
	fmt.Fprintf(b, ".SH %s\n%s\n", title, text)
}

func manFlags(b *bytes.Buffer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if name = `\fB` + roff(name) + `\fR`; value != "" {
			name += ` \fI` + roff(value) + `\fR`
		}
		fmt.Fprintf(b, ".TP\n%s\n%s\n", name, roff(text))
	})
}

// prose turns empty lines into paragraphs and leaves indented blocks as they are.
func prose(text string) string {
	var b strings.Builder
	for i, block := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if strings.HasPrefix(block, "  ") {
			b.WriteString(verbatim(block) + "\n")
			continue
		}
		b.WriteString(roff(block) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func verbatim(text string) string { return ".nf\n" + roff(text) + "\n.fi" }

// roff makes a text harmless for roff: backslashes, hyphens that are meant as
// such, and points and quotes that would begin a request.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
