package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// maxCompletions bounds what a shell is offered: nobody reads more.
const maxCompletions = 200

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print what a shell needs to complete commands, ports and services",
		Example: `  portolan completion bash > ~/.local/share/bash-completion/completions/portolan
  portolan completion zsh > "${fpath[1]}/_portolan"
  portolan completion fish > ~/.config/fish/completions/portolan.fish
  portolan completion powershell | Out-String | Invoke-Expression`,
		Args:              a.atMost(1),
		ValidArgsFunction: cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("completion needs the name of a shell").hint("portolan completion bash; there are also zsh, fish and powershell")
			}
			return a.completion(args[0])
		},
	}
}

func (a *app) completion(shell string) error {
	switch shell {
	case "bash":
		return a.root.GenBashCompletionV2(a.out, true)
	case "zsh":
		return a.root.GenZshCompletion(a.out)
	case "fish":
		return a.root.GenFishCompletion(a.out, true)
	case "powershell":
		return a.root.GenPowerShellCompletionWithDesc(a.out)
	}
	return usage("%q is no shell that portolan knows", shell).hint("use bash, zsh, fish or powershell")
}

// completePorts offers what begins with the text typed so far: assigned ports,
// or service names. Without any text it offers nothing, not even files.
func completePorts(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if typed == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if strings.Trim(typed, "0123456789") == "" {
		return completeNumbers(typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
	return completeNames(typed), cobra.ShellCompDirectiveNoFileComp
}

// completeNumbers takes the digits as the beginning of a number: 37 is 37, then
// 370-379, then 3700-3799, and so on.
func completeNumbers(typed string) []cobra.Completion {
	var all []cobra.Completion
	first, err := portolan.ParsePort(typed)
	if err != nil || len(typed) > 1 && typed[0] == '0' {
		return nil
	}
	for low, n := int(first), 1; low <= 65535 && n <= 10000; low, n = low*10, n*10 {
		for p := low; p < low+n && p <= 65535 && len(all) < maxCompletions; p++ {
			if x := firstAssignment(uint16(p)); !x.IsZero() {
				all = append(all, completion(strconv.Itoa(p), x))
			}
		}
		if low == 0 {
			break // no number but 0 begins with 0
		}
	}
	return all
}

// firstAssignment returns what a port is assigned for on the first transport
// that has it.
func firstAssignment(port uint16) registry.Assignment {
	for _, t := range portolan.Transports {
		if x := registry.Lookup(portolan.Key{Port: port, Transport: t}).First(); !x.IsZero() {
			return x
		}
	}
	return registry.Assignment{}
}

func completeNames(typed string) []cobra.Completion {
	var all []cobra.Completion
	for name := range registry.Names() {
		if len(all) == maxCompletions {
			break
		}
		if len(name) < len(typed) || !strings.EqualFold(name[:len(typed)], typed) || strings.ContainsAny(name, " \t") {
			continue
		}
		if m := holders(name); len(m) > 0 {
			all = append(all, cobra.CompletionWithDesc(name, m[0].Span.String()+" "+describe(m[0].Assignment)))
		}
	}
	return all
}

func completion(word string, x registry.Assignment) cobra.Completion {
	return cobra.CompletionWithDesc(word, strings.TrimSpace(x.Service()+" "+describe(x)))
}

// describe is the start of a description, on one line.
func describe(x registry.Assignment) string {
	text := []rune(strings.Join(strings.Fields(x.Description()), " "))
	return report.Escape(string(text[:min(len(text), 60)]))
}
