package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan/internal/report"
)

// app is one run of the program.
type app struct {
	env *env
	out *latch // standard output, for all that is printed

	format  string
	json    bool
	color   string
	noPager bool

	// bare is set when no command word was given, so that a word that is no
	// service may be a command misspelt.
	bare bool
	root *cobra.Command
}

// run does what e.Args ask for and returns the exit code.
func run(ctx context.Context, e *env) int {
	a := &app{env: e, out: &latch{w: e.Stdout}}
	a.useOwnRegistry()
	a.root = a.rootCommand()
	a.root.SetArgs(a.dispatch(e.Args))
	return a.conclude(ctx, a.root.ExecuteContext(ctx))
}

// commands are all commands, in groups as help shows them. A new one is a file
// of its own and a line here.
func (a *app) commands() []*cobra.Command {
	in := func(group string, list ...*cobra.Command) []*cobra.Command {
		for _, c := range list {
			c.GroupID = group
		}
		return list
	}
	all := in("book", a.explainCommand(), a.searchCommand(), a.historyCommand(), a.atCommand(), a.diffCommand(), a.lostCommand(), a.listCommand(), a.ghostsCommand(), a.statsCommand(), a.citeCommand(), a.dataCommand())
	all = append(all, in("host", a.checkCommand(), a.listenersCommand(), a.suggestCommand(), a.sentinelCommand(), a.visitsCommand())...)
	all = append(all, in("net", a.probeCommand(), a.judgeCommand())...)
	all = append(all, in("program", a.versionCommand(), a.completionCommand(), a.manCommand())...)
	return append(all, topics()...)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "portolan [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "The book of every Internet port: assigned, observed, and the verdict",
		Long: `portolan is the book of every Internet port. It says what a port is assigned
for, since when and says who; it looks at what is really there; and it joins the
two. Everything it knows is in the program: nothing leaves this machine but what
you ask for.

Without a command word, a port, a range or a service is explained.`,
		Example: `  portolan 378                 all that is known of port 378
  portolan 80/tcp ssh          one transport of a port, and a service
  portolan check               does what listens here belong to its port?
  portolan listeners           what listens on this host
  portolan listeners 8080      who holds port 8080`,
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		ValidArgsFunction: completePorts,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	version := root.Flags().Bool("version", false, "the same as the command version")
	root.RunE = func(c *cobra.Command, _ []string) error {
		if *version {
			return a.version()
		}
		return c.Help()
	}
	root.SetIn(a.env.Stdin)
	root.SetOut(a.out)
	root.SetErr(a.env.Stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddGroup(&cobra.Group{ID: "book", Title: "Ask the book:"}, &cobra.Group{ID: "host", Title: "Look at this host:"},
		&cobra.Group{ID: "net", Title: "Ask other hosts:"},
		&cobra.Group{ID: "program", Title: "The program itself:"})
	help := a.helpCommand()
	help.GroupID = "program"
	root.SetHelpCommand(help)
	root.AddCommand(append(a.commands(), help)...)
	a.globalFlags(root)
	return root
}

// dispatch puts "explain" before arguments that begin with no command word.
// cobra itself would refuse "portolan 378", or take "portolan chekc" in silence.
func (a *app) dispatch(args []string) []string {
	rest, completing := args, false
	if len(args) > 1 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		// The last argument is still being typed.
		rest, completing = args[1:len(args)-1], true
	}
	if c, _, err := a.root.Find(rest); err != nil || c != a.root || !hasWord(rest) {
		return args
	}
	a.bare = true
	if completing {
		return append([]string{args[0], "explain"}, args[1:]...)
	}
	return append([]string{"explain"}, args...)
}

func hasWord(args []string) bool {
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			return true
		}
	}
	return false
}

// print writes a document as the flags ask.
func (a *app) print(d *report.Document) error {
	out, err := a.output()
	if err != nil {
		return err
	}
	if err = out.Print(d); errors.Is(err, report.ErrNoForm) {
		return usage("--format %s: there is no such form of %s", out.Format, d.Schema).hint("use --format table or --format json")
	}
	return err
}

// checkOutput refuses bad global flags before any work is done.
func (a *app) checkOutput(*cobra.Command, []string) error {
	_, err := a.output()
	return err
}

// output reads the global flags.
func (a *app) output() (*report.Out, error) {
	format, err := report.ParseFormat(a.format)
	if err != nil {
		return nil, usage("--format: %w", err)
	}
	if a.json {
		if a.root.PersistentFlags().Changed("format") && format != report.FormatJSON {
			return nil, usage("--json and --format %s contradict each other", format).hint("give one of the two")
		}
		format = report.FormatJSON
	}
	mode, err := report.ParseColorMode(a.color)
	if err != nil {
		return nil, usage("--color: %w", err)
	}
	o := &report.Out{W: a.out, Terminal: a.env.OutTerminal, Format: format, Color: report.UseColor(mode, a.env.OutTerminal, a.env.Getenv)}
	if o.Terminal {
		o.Width, o.Height = a.env.Size()
		if !a.noPager {
			o.Pager = report.FindPager(a.env.Getenv, a.env.Stdout, a.env.Stderr)
		}
	}
	return o, nil
}

// notice writes a line for people beside the data.
func (a *app) notice(text string) {
	io.WriteString(a.env.Stderr, report.Escape(text)+"\n")
}
