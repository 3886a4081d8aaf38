package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// subject is an argument that was understood: what was asked, and the ports
// that it stands for.
type subject struct {
	portolan.Query
	// Keys are spans with their transport. A number or a range stands for itself
	// on every transport that the query does not exclude.
	Keys []spanKey
}

// spanKey is a run of ports on one transport.
type spanKey struct {
	portolan.Span
	Transport portolan.Transport
}

// resolve understands arguments: ports, ranges and services. A slip in a number
// is a usage error; an unknown name is not found, or, where it may be a command
// misspelt, a usage error too.
func (a *app) resolve(args []string) ([]subject, error) {
	var all []subject
	for _, arg := range args {
		q, err := portolan.ParseQuery(arg)
		if err != nil {
			return nil, a.badNumber(arg, err)
		}
		s := subject{Query: q, Keys: keysOf(q)}
		if len(s.Keys) == 0 {
			return nil, a.unknown(q, args)
		}
		all = append(all, s)
	}
	return all, nil
}

// keysOf returns what a query stands for, nothing where it is an unknown name.
func keysOf(q portolan.Query) []spanKey {
	var keys []spanKey
	if q.Service == "" {
		for _, t := range portolan.Transports {
			if !q.HasTransport || q.Transport == t {
				keys = append(keys, spanKey{q.Span, t})
			}
		}
		return keys
	}
	for _, m := range holders(q.Service) {
		k := spanKey{m.Span, m.Transport}
		if (!q.HasTransport || q.Transport == m.Transport) && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// holders returns where a service is today; if nowhere, where it was and what
// else goes by that name.
func holders(service string) []registry.Match {
	all := registry.Service(service)
	today := slices.IndexFunc(all, func(m registry.Match) bool { return !m.Current || m.Alias })
	if today > 0 {
		return all[:today]
	}
	return all
}

// badNumber says what is wrong with a port or a range, and what may be meant.
func (a *app) badNumber(arg string, err error) error {
	f := usage("%w", err)
	number, _, _ := strings.Cut(arg, "/")
	if n := len(number); n > 5 || n == 5 && number > "65535" {
		for len(number) > 5 || len(number) == 5 && number > "65535" {
			number = number[:len(number)-1]
		}
		if _, err := portolan.ParsePort(number); err == nil {
			f.hint("did you mean %s? the ports are 0 to 65535", number)
		}
	}
	if len(f.hints) == 0 {
		f.hint("a port is written 378 or 378/tcp, a range 6000-6063, a service by its name")
	}
	return f
}

// unknown says that nothing goes by a name, and what is spelt nearly so.
func (a *app) unknown(q portolan.Query, args []string) error {
	if q.HasTransport && len(holders(q.Service)) > 0 {
		return fail(exitNotFound, "%s is not on %s", q.Service, q.Transport).hint("portolan %s shows where it is", q.Service)
	}
	if !a.bare {
		return a.similar(fail(exitNotFound, "no port, range or service is called %q", q.Text), q.Service, false)
	}
	if c := a.command(q.Text); c != nil {
		rest := slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == q.Text })
		return usage("%s is a command, and a command comes first", c.Name()).hint("portolan %s %s", c.Name(), strings.Join(rest, " "))
	}
	return a.similar(usage("%q is neither a command nor a port, a range or a service", q.Text), q.Service, true)
}

func (a *app) command(name string) *cobra.Command {
	for _, c := range a.root.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}
