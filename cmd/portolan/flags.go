package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portolan/portolan/internal/report"
)

// flagError turns pflag's words into a usage error with what to do next.
func flagError(c *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage("%w", err).hint("%s --help lists the flags", c.CommandPath())
	}
	if short := unknown.GetSpecifiedShortnames(); short != "" && strings.Trim(short, "0123456789-") == "" {
		return usage("%q is neither a flag nor a port", "-"+short).hint("a port has no sign before it, and a range has a number on both sides: 6000-6063")
	}
	f := usage("%w", err)
	if near := nearFlag(c, unknown.GetSpecifiedName()); near != "" {
		f.hint("did you mean --%s?", near)
	}
	return f.hint("%s --help lists the flags", c.CommandPath())
}

// nearFlag returns the flag whose name is nearest to a misspelt one.
func nearFlag(c *cobra.Command, name string) string {
	best, least := "", tolerance(name)+1
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if d := distance(name, f.Name); d < least && !f.Hidden {
			best, least = f.Name, d
		}
	})
	return best
}

func (a *app) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.SortFlags = false
	a.format, a.color = string(report.FormatTable), string(report.ColorAuto)
	f.Var(word{&a.format, "FORMAT"}, "format", "table, json, ndjson, csv or tsv")
	f.BoolVar(&a.json, "json", false, "the same as --format json")
	f.Var(word{&a.color, "WHEN"}, "color", "auto, always or never")
	f.BoolVar(&a.noPager, "no-pager", false, "never show long output through a pager")
	// The errors say that a flag does not exist or is registered twice: these do, once.
	_ = root.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"table", "json", "ndjson", "csv", "tsv"}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

// word is a flag whose value help calls by a name of ours.
type word struct {
	value *string
	name  string
}

func (w word) String() string {
	if w.value == nil { // pflag asks the zero value for its text
		return ""
	}
	return *w.value
}

func (w word) Set(s string) error { *w.value = s; return nil }

func (w word) Type() string { return w.name }
