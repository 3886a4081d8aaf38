package registry_test

import (
	"fmt"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

func ExampleLookup() {
	a := registry.Lookup(portolan.Key{Port: 378, Transport: portolan.TCP})
	fmt.Println(a.Status(), a.Service())
	for x := range a.Assignments() {
		fmt.Println(x.Description(), "/", x.Assignee())
	}
	// Output:
	// assigned dsETOS
	// NEC Corporation / Tomoo Fujita
}

func ExampleAt() {
	day, _ := registry.ParseDate("1995-01-01")
	a, ok := registry.At(portolan.Key{Port: 51, Transport: portolan.TCP}, day)
	fmt.Println(ok, a.Edition().ID, a.Status(), a.Service())
	today := registry.Lookup(portolan.Key{Port: 51, Transport: portolan.TCP})
	fmt.Println(today.Edition().ID, today.Status())
	// Output:
	// true rfc1700 assigned la-maint
	// iana-2026-08-17 reserved
}

func ExampleHistory() {
	for _, t := range registry.History(portolan.Key{Port: 359, Transport: portolan.TCP}) {
		fmt.Println(t.First.Date, t.Assignment.Status(), t.Assignment.Service(), t.Gone.ID)
	}
	// Output:
	// 1994-10 unassigned  iana-2005-12-22
	// 2005-12-22 assigned nsrmp iana-2013-02-18
	// 2013-02-18 assigned nsrmp iana-2023-11-16
	// 2023-11-16 reserved
}

func ExampleService() {
	for _, m := range registry.Service("IMAPS") {
		if m.Current && !m.Alias {
			fmt.Println(m.Span, m.Transport)
		}
	}
	// Output:
	// 993 tcp
}

func ExampleSearch() {
	for _, h := range registry.Search("tomoo fujita") {
		fmt.Println(h.Assignment.Span(), h.Assignment.Service(), h.Field)
	}
	// Output:
	// 378 dsETOS assignee
	// 377 tnETOS contact
}

func ExampleIsGhost() {
	k := portolan.Key{Port: 378, Transport: portolan.TCP}
	fmt.Println(registry.IsGhost(k), len(registry.SourcesSearched()), "sources searched")
	// Output:
	// true 7 sources searched
}
