package page

import "github.com/portolan/portolan/registry"

// Numbering numbers sources as they are first cited. The zero value is ready.
type Numbering struct {
	numbers map[string]int
	list    []Source
}

// Number returns a source's number, 0 for the zero source.
func (n *Numbering) Number(s registry.Source) int {
	if s.ID == "" {
		return 0
	}
	if number, ok := n.numbers[s.ID]; ok {
		return number
	}
	if n.numbers == nil {
		n.numbers = map[string]int{}
	}
	number := len(n.list) + 1
	n.numbers[s.ID] = number
	n.list = append(n.list, Source{number, s.ID, s.Title, s.Date.String(), s.Authority, string(s.Role), s.URL, s.SHA256})
	return number
}

// List returns the sources that have a number, by number; never nil.
func (n *Numbering) List() []Source {
	if n.list == nil {
		return []Source{}
	}
	return n.list
}
