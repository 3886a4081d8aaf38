package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan/registry"
)

// similar adds hints with the nearest names: a command, else services.
func (a *app) similar(f *failure, name string, commands bool) error {
	for _, c := range a.root.Commands() {
		if commands && !c.Hidden && distance(strings.ToLower(name), c.Name()) <= tolerance(name) {
			f.hint("did you mean the command %q? It will %s%s", c.Name(), strings.ToLower(c.Short[:1]), c.Short[1:])
		}
	}
	if len(f.hints) > 0 {
		return f
	}
	if near := nearServices(name); len(near) > 0 {
		f.hint("the nearest service names: %s", strings.Join(near, ", "))
	}
	if a.command("search") != nil {
		f.hint("portolan search %s looks in descriptions, holders and notes too", quoteIfNeeded(name))
	}
	if len(f.hints) == 0 {
		f.hint("portolan --help lists the commands")
	}
	return f
}

// quoteIfNeeded quotes a word that a shell would take apart.
func quoteIfNeeded(s string) string {
	if strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_.+/") == "" {
		return s
	}
	return strconv.Quote(s)
}

// tolerance is how many slips a word of this length may hold and still be
// taken for a command or a flag.
func tolerance(name string) int {
	switch n := len(name); {
	case n < 3:
		return 0
	case n < 5:
		return 1
	}
	return 2
}

// nearServices returns up to five service names with their ports, nearest
// first, none with more than half its letters wrong.
func nearServices(name string) []string {
	type near struct {
		name     string
		distance int
	}
	var all []near
	lower, limit := strings.ToLower(name), len(name)/2
	for s := range registry.Names() {
		if d := len(s) - len(name); d > limit || -d > limit {
			continue
		}
		if d := distance(lower, strings.ToLower(s)); d <= limit {
			all = append(all, near{s, d})
		}
	}
	slices.SortStableFunc(all, func(x, y near) int { return cmp.Compare(x.distance, y.distance) })
	var names []string
	for _, n := range all[:min(5, len(all))] {
		if m := holders(n.name); n.distance <= max(1, all[0].distance) && len(m) > 0 {
			names = append(names, n.name+" ("+m[0].Span.String()+")")
		}
	}
	return names
}

// distance counts the slips between two words: a letter too many, too few,
// wrong, or swapped with its neighbour (Damerau-Levenshtein, each place touched
// once). Long words are not compared: nobody mistypes them into a command.
func distance(a, b string) int {
	const longest = 40
	if len(a) > longest || len(b) > longest {
		return longest
	}
	var before, last, now [longest + 1]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last = last, now
	}
	return last[len(b)]
}
