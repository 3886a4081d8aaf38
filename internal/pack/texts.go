package pack

import "slices"

// texts numbers every distinct text. They are sorted, so that the numbers do
// not depend on the order of sources.
type texts struct {
	list   []string
	number map[string]int
}

func collect(all []*interval) *texts {
	t := &texts{number: map[string]int{}}
	for _, iv := range all {
		t.list = append(t.list, tupleFields(&iv.row)...)
		t.list = append(t.list, namesOf(&iv.row)...)
	}
	slices.Sort(t.list)
	t.list = slices.Compact(t.list)
	for i, s := range t.list {
		t.number[s] = i
	}
	return t
}

// pack returns the texts one after the other, and where each begins
// (24 bits; one more for the end of the last).
func (t *texts) pack() (blob, offsets []byte) {
	for _, s := range t.list {
		offsets = append24(offsets, len(blob))
		blob = append(blob, s...)
	}
	return blob, append24(offsets, len(blob))
}
