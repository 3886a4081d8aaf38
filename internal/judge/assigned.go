package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// Assigned is one side of the join: what the sources say of a key.
type Assigned struct {
	Key      portolan.Key
	Status   registry.Status
	Services []string // today's names, and what witnesses call them
	Name     string   // the first of the registry's own, "" where it has none
	Holder   string   // description and assignee in words
	Ghost    bool
	// TwinAlive: a ghost on this transport, but a witness lists the service on another.
	TwinAlive bool
	Searched  []string // ids of the witnesses that were searched
	Cite      []registry.Citation
	Threats   []registry.Threat // reported with the key
}

// AssignedOf asks the registry.
func AssignedOf(k portolan.Key) Assigned {
	answer := registry.Lookup(k)
	a := Assigned{Key: k, Status: answer.Status(), Name: answer.Service(), Ghost: registry.IsGhost(k), Threats: registry.Threats(k)}
	for _, s := range registry.SourcesSearched() {
		a.Searched = append(a.Searched, s.ID)
	}
	for x := range answer.Rows() {
		a.Cite = append(a.Cite, x.Cite())
		a.addName(x.Service())
	}
	if len(a.Cite) == 0 {
		a.Cite = []registry.Citation{{Source: answer.Edition()}}
	}
	for _, e := range registry.Evidence(k) {
		a.addName(e.Service())
		for _, alias := range e.Aliases() {
			a.addName(alias)
		}
	}
	first := answer.First()
	a.Holder = strings.Trim(strings.Join([]string{first.Description(), first.Assignee()}, ", "), ", ")
	a.TwinAlive = a.Ghost && twinAlive(k, a.Services)
	return a
}

func (a *Assigned) addName(name string) {
	if name != "" && !slices.ContainsFunc(a.Services, func(s string) bool { return strings.EqualFold(s, name) }) {
		a.Services = append(a.Services, name)
	}
}

// twinAlive looks for the same service on the same port of another transport.
func twinAlive(k portolan.Key, names []string) bool {
	for _, t := range portolan.Transports {
		other := portolan.Key{Port: k.Port, Transport: t}
		if t == k.Transport || registry.Lookup(other).Status() != registry.Assigned || registry.IsGhost(other) {
			continue
		}
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, registry.Lookup(other).Service()) }) {
			return true
		}
	}
	return false
}

// is reports whether one of the names is a service of the key.
func (a Assigned) is(names []string) bool { return a.service(names) != "" }

// service returns the service of the key that one of the names is, "" for none.
func (a Assigned) service(names []string) string {
	for _, s := range a.Services {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(s, n) }) {
			return s
		}
	}
	return ""
}

// silence says where no evidence of life was found.
func (a Assigned) silence() string {
	return fmt.Sprintf("none of the %d sources searched (%s) shows it in use", len(a.Searched), strings.Join(a.Searched, ", "))
}

// words names the key's service for a sentence.
func (a Assigned) words() string {
	s := a.Name
	if s == "" {
		s = "a service without a name"
	}
	if a.Holder != "" && !strings.EqualFold(a.Holder, s) {
		s += " (" + a.Holder + ")"
	}
	return s
}
