package registry

import (
	"cmp"
	"slices"
	"strings"
)

// Hit is a row that holds a text that was searched for.
type Hit struct {
	Assignment Assignment
	Field      string // where: service, alias, description, assignee, contact, note, unauthorized, reference
	Current    bool   // today's answer has the row
	score      int
}

// searched are the fields that Search reads, best first.
var searched = [...]struct {
	field int
	name  string
}{{fieldService, "service"}, {fieldAliases, "alias"}, {fieldDescription, "description"}, {fieldAssignee, "assignee"},
	{fieldContact, "contact"}, {fieldUnauthorized, "unauthorized"}, {fieldNote, "note"}, {fieldReferences, "reference"}}

// Search returns the rows that hold text in any field, in any case, best
// first: the name itself, names that start with it, names that hold it,
// then the other fields; today's rows before former ones, low ports before
// high. Of rows that differ only in their source or wording the newest stands for all.
func Search(query string) []Hit {
	return search(query, func(r row) bool {
		s := &certificates()[r.firstSource()]
		return s.Role != Assigns || s.Whole || r.flags()&newsBit != 0
	})
}

// SearchIn is [Search] among the rows of one edition of the registry.
func SearchIn(query string, s Source) []Hit {
	i, ok := number(s)
	if !ok {
		return nil
	}
	return search(query, func(r row) bool { return r.ofEdition() && r.in(i) })
}

func search(query string, among func(row) bool) []Hit {
	query = strings.TrimSpace(query)
	if query == "" {
		return nil
	}
	holds := make([]bool, texts())
	for i := range holds {
		holds[i] = containsFold(text(i), query)
	}
	var hits []Hit
	for r := range row(rows()) {
		if !among(r) {
			continue
		}
		if h, ok := hit(r, query, holds); ok {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		x, y := a.Assignment.row(), b.Assignment.row()
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(x.span().First, y.span().First),
			-cmp.Compare(source(x.lastSource()).Date.latest(), source(y.lastSource()).Date.latest()))
	})
	return onePerName(hits)
}

func hit(r row, query string, holds []bool) (Hit, bool) {
	for i, f := range searched {
		n := r.textNumber(f.field)
		if n < 0 || !holds[n] {
			continue
		}
		h := Hit{Assignment: assignment(r), Field: f.name, Current: r.current(), score: 10 * (i + 2)}
		if name := text(n); f.field == fieldService {
			h.score = nameScore(name, query)
		}
		if !h.Current {
			h.score += 5
		}
		if r.status() == statusSeen {
			h.score += 100
		}
		return h, true
	}
	return Hit{}, false
}

func nameScore(name, query string) int {
	switch {
	case compareFold(name, query) == 0:
		return 0
	case len(name) > len(query) && compareFold(name[:len(query)], query) == 0:
		return 10
	}
	return 20
}

// onePerName keeps the best of the hits that speak of the same name on the
// same ports, whatever their transport.
func onePerName(hits []Hit) []Hit {
	type subject struct {
		first, last uint16
		name        string
	}
	seen := map[subject]bool{}
	return slices.DeleteFunc(hits, func(h Hit) bool {
		span := h.Assignment.Span()
		s := subject{span.First, span.Last, strings.ToLower(cmp.Or(h.Assignment.Service(), h.Assignment.Description()))}
		again := seen[s]
		seen[s] = true
		return again
	})
}

// containsFold reports whether s holds sub, ASCII letters in any case.
func containsFold(s, sub string) bool {
	for i := 0; i+len(sub) <= len(s); i++ {
		if lower(s[i]) == lower(sub[0]) && compareFold(s[i:i+len(sub)], sub) == 0 {
			return true
		}
	}
	return false
}
