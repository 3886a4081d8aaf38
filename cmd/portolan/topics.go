package main

import "github.com/spf13/cobra"

// topics are help texts that belong to no command: "portolan help exit-codes".
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesText},
		{Use: "formatting", Short: "Output for people and for programs", Long: formattingText},
		{Use: "environment", Short: "Environment variables that portolan reads", Long: environmentText},
		{Use: "policy", Short: "The file that declares your own ports", Long: policyText},
	}
}

const exitCodesText = `The exit code says how a command ended:

    0  all is well
    1  done, with findings, or the answer is no
    2  the command was called wrongly
    3  what was asked for does not exist
    4  only a part could be seen (only with --strict)
    5  failure
  130  interrupted

More codes may come: take one that you do not know for a failure. A reader that
leaves early, as "portolan listeners | head -1" does, is no failure.`

const formattingText = `--format chooses the form of the output; --json is short for --format json.

  table   text for people. It may change with any version: do not parse it.
          On a terminal it is cut to the width, and shown through a pager where
          it is higher than the screen; a pipe or a file gets everything.
  json    one document with "schema" and "data_version". Names are snake_case,
          times RFC 3339. Within a schema version names are only ever added.
          Indented on a terminal.
  ndjson  one JSON object a line, each with "schema" and "data_version".
  csv     RFC 4180 with line feeds, a header line first. Cells are quoted and
          never altered: when you open the file in a spreadsheet, import all
          columns as text, since a cell may begin with "=".
  tsv     one line a row; tab, line feed, carriage return and backslash in a
          cell are \t, \n, \r and \\.

Data go to standard output; notices, warnings and errors to standard error.

--color auto colours only a terminal. Colour never carries meaning alone.

Names of programs, command lines and the like come from outside. Tables show
control characters, invisible characters and those that turn the direction of
text as \xNN or \u{NNNN}, and so do csv and tsv on a terminal. JSON has them as
\uNNNN, which every JSON reader turns back; bytes that are no UTF-8 become
U+FFFD.`

const environmentText = `  NO_COLOR         any value but the empty one: no colour
  CLICOLOR_FORCE   any value but 0: colour, even into a pipe; NO_COLOR wins
  CLICOLOR         0: no colour
  TERM             dumb: no colour
  PORTOLAN_PAGER   the pager, with its arguments, split at blanks; "cat" for none
  PAGER            the same, for all programs; without either: less -FRX
  COLUMNS, LINES   the size of a terminal that does not tell it
  HOME, XDG_CONFIG_HOME, XDG_CONFIG_DIRS
                   where portolan.toml is looked for: "portolan help policy"

--color and --no-pager win over those before them. Nothing else is read from
the environment.`

const policyText = `In portolan.toml you declare the ports that you have assigned on your own hosts.
"portolan check" holds what it sees to it, and "portolan suggest" leaves those
ports alone.

  [[port]]
  number = 8443                 a port, or "8000-8010"
  transport = "tcp"             or ["tcp", "udp"]; tcp where it is left out
  service = "admin"             what you use it for; needed
  owner = "platform team"       who answers for it
  user = "admin"                it must run as this user
  programs = ["nginx", "/opt/admin/bin/*"]
  exposure = "private"          the widest allowed: loopback, link, private,
                                public or all
  note = "behind the VPN"

The file is looked for at $XDG_CONFIG_HOME/portolan/portolan.toml (without that
variable at ~/.config/portolan/portolan.toml), below each of $XDG_CONFIG_DIRS
(/etc/xdg), and at /etc/portolan/portolan.toml. --policy FILE names another.`
