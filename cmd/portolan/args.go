package main

import "github.com/spf13/cobra"

// someArgs demands at least one argument.
func (a *app) someArgs(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("%s needs %s", c.CommandPath(), what).hint("%s --help shows examples", c.CommandPath())
		}
		return a.checkOutput(c, args)
	}
}

// atMost refuses more than n arguments.
func (a *app) atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return usage("%s: %q is too much: it takes %s", c.CommandPath(), args[n], count(n, "argument")).hint("%s --help shows how it is called", c.CommandPath())
		}
		return a.checkOutput(c, args)
	}
}
