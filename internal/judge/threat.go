package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan/registry"
)

// reported names the malware that a report puts on the port, where nothing
// explains what is there. It is one reason among others and raises no severity:
// anyone may use a number, and the reports are of others. Of a port that is in
// common use they say nothing.
func (j *judging) reported(uses ...registry.Use) {
	busy := j.a.Status == registry.Assigned && !j.a.Ghost
	if j.Severity == OK || j.Verdict == Declared || busy {
		return
	}
	var names []string
	for _, t := range j.a.Threats {
		if name := fmt.Sprintf("%s (%s)", t.Name, t.ID); slices.Contains(uses, t.Use) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	if n := len(names); n > 3 {
		names = append(names[:3], fmt.Sprintf("%d more", n-3))
	}
	source := registry.ThreatSource()
	j.add(OK, "reported-threat", fmt.Sprintf("%s tells of %s with port %d; that it is reported elsewhere does not show it here", source.Title, strings.Join(names, ", "), j.o.Key.Port),
		registry.Citation{Source: source.Source})
}
