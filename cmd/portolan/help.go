package main

import (
	"github.com/spf13/cobra"

	"github.com/portolan/portolan/registry"
)

// helpCommand stands in for cobra's, which ends well when it knows no answer.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Explain a command or a topic",
		Long: `Explains a command, or one of the topics exit-codes, formatting and environment.
The same as COMMAND --help.`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (words []cobra.Completion, _ cobra.ShellCompDirective) {
			for _, c := range a.root.Commands() {
				if len(args) == 0 && !c.Hidden {
					words = append(words, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.help(args) },
	}
}

func (a *app) help(args []string) error {
	if len(args) == 0 {
		return a.root.Help()
	}
	if c, rest, err := a.root.Find(args); err == nil && c != a.root && len(rest) == 0 {
		return c.Help()
	}
	f := usage("no command and no topic is called %q", args[0])
	if len(registry.Service(args[0])) > 0 {
		f.hint("it is a service: portolan explain %s", quoteIfNeeded(args[0]))
	}
	return a.similar(f, args[0], true)
}
