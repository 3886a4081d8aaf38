package logbook

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Mend is how a reading differs from what it was before. The source has not
// changed; we have read it anew. What was recorded stays in the log: a mend is
// appended, and taking it back gives the reading as it was.
type Mend struct {
	Source string
	Number int // of the source's mends, from 1
	Reason string
	Steps  []Step
}

// Step is one leaf that a mend takes out or puts in.
type Step struct {
	Put  bool
	At   int // its number in the reading: after the mend where Put, else before it
	Leaf string
}

// leaves are what a mend adds to the log, and its lines of mends.tsv.
func (m Mend) leaves() []string {
	all := []string{fmt.Sprintf("%s\t%s\t%d\t%s", kindMend, m.Source, m.Number, m.Reason)}
	for _, s := range m.Steps {
		kind := kindGone
		if s.Put {
			kind = kindPut
		}
		all = append(all, fmt.Sprintf("%s\t%d\t%s", kind, s.At, s.Leaf))
	}
	return all
}

// parseMends reads mends.tsv, which has no header: its lines are leaves.
// Fuzzed by FuzzParse.
func parseMends(table string) ([]Mend, error) {
	var all []Mend
	n := 0
	for line := range strings.Lines(table) {
		n++
		c := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4)
		var err error
		if c[0] == kindMend && len(c) == 4 {
			m := Mend{Source: c[1], Reason: c[3]}
			if m.Number, err = strconv.Atoi(c[2]); err == nil && m.Number != len(mendsOf(all, m.Source))+1 {
				err = fmt.Errorf("mend %d of %s stands where %d should", m.Number, m.Source, len(mendsOf(all, m.Source))+1)
			}
			all = append(all, m)
		} else if len(all) == 0 {
			err = errors.New("the first line is no mend: want mend, source, number, reason")
		} else {
			err = all[len(all)-1].step(strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3))
		}
		if err != nil {
			return nil, fmt.Errorf("mends.tsv:%d: %w", n, err)
		}
	}
	return all, nil
}

func (m *Mend) step(c []string) error {
	if len(c) != 3 || c[0] != kindGone && c[0] != kindPut {
		return errors.New("want - or +, number and leaf")
	}
	at, err := strconv.Atoi(c[1])
	m.Steps = append(m.Steps, Step{c[0] == kindPut, at, c[2]})
	return err
}

func mendsOf(all []Mend, source string) []Mend {
	var list []Mend
	for _, m := range all {
		if m.Source == source {
			list = append(list, m)
		}
	}
	return list
}

// Apply returns the reading with the mend made.
func (m Mend) Apply(leaves []string) ([]string, error) { return m.edit(leaves, false) }

// Undo returns the reading as it was before the mend.
func (m Mend) Undo(leaves []string) ([]string, error) { return m.edit(leaves, true) }

// edit takes out the leaves of one side, by their numbers before, and puts in
// those of the other, by their numbers after. It fails where a leaf to be taken
// out is not there.
func (m Mend) edit(leaves []string, undo bool) ([]string, error) {
	put, out := map[int]string{}, map[int]bool{}
	for _, s := range m.Steps {
		if s.Put != undo {
			put[s.At] = s.Leaf
			continue
		}
		if s.At < 0 || s.At >= len(leaves) || leaves[s.At] != s.Leaf {
			return nil, fmt.Errorf("mend %d speaks of leaf %d, which is another", m.Number, s.At)
		}
		out[s.At] = true
	}
	if len(put)+len(out) != len(m.Steps) {
		return nil, fmt.Errorf("mend %d speaks twice of a leaf", m.Number)
	}
	size := len(leaves) - len(out) + len(put)
	result := make([]string, 0, size)
	fill := func() {
		for leaf, ok := put[len(result)]; ok; leaf, ok = put[len(result)] {
			result = append(result, leaf)
		}
	}
	for i, leaf := range leaves {
		fill()
		if !out[i] {
			result = append(result, leaf)
		}
	}
	fill()
	if len(result) != size {
		return nil, fmt.Errorf("mend %d has leaves for places that are not there", m.Number)
	}
	return result, nil
}

// between returns the steps from one reading to another. Both are sorted alike,
// so that a leaf which is in both stands between the same others; where it does
// not, all from the first difference to the last is replaced.
func between(before, after []string) []Step {
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	was, is := before[head:len(before)-tail], after[head:len(after)-tail]
	steps := append(only(was, is, head, false), only(is, was, head, true)...)
	if got, err := (Mend{Steps: steps}).Apply(before); err != nil || !slices.Equal(got, after) {
		steps = append(only(was, nil, head, false), only(is, nil, head, true)...)
	}
	return steps
}

// only returns a step for each leaf of list that other lacks.
func only(list, other []string, from int, put bool) []Step {
	count := map[string]int{}
	for _, leaf := range other {
		count[leaf]++
	}
	var steps []Step
	for i, leaf := range list {
		if count[leaf]--; count[leaf] < 0 {
			steps = append(steps, Step{put, from + i, leaf})
		}
	}
	return steps
}
