package ianacsv

import (
	"errors"
	"fmt"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// maxDropped is the share of assignments, in percent, that an edition may drop
// against the one before: in nine years of weekly editions IANA dropped less.
const maxDropped = 1

// Check says why an edition cannot follow another: it is cut short, or would drop
// so many assignments that it is no edition of the same registry.
func Check(old, edition []twin.Row) error {
	before, after := assignments(old), assignments(edition)
	if len(after) == 0 {
		return errors.New("it assigns nothing")
	}
	dropped := 0
	for a := range before {
		if !after[a] {
			dropped++
		}
	}
	if dropped*100 > len(before)*maxDropped {
		return fmt.Errorf("it would drop %d of %d assignments, more than %d percent", dropped, len(before), maxDropped)
	}
	if end, was := last(edition), last(old); end < was {
		return fmt.Errorf("it ends at port %d, the edition before at %d: it is cut short", end, was)
	}
	return nil
}

// assignments are what a list assigns: ports, transport and name, in any case.
func assignments(rows []twin.Row) map[string]bool {
	all := map[string]bool{}
	for _, r := range rows {
		if r.Status == "assigned" {
			all[fmt.Sprint(r.Span, " ", r.Transport, " ", strings.ToLower(r.Service))] = true
		}
	}
	return all
}

// last is the highest port of a list.
func last(rows []twin.Row) uint16 {
	var n uint16
	for _, r := range rows {
		n = max(n, r.Span.Last)
	}
	return n
}
