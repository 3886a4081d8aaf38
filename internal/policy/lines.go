package policy

import (
	"bytes"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// keyLines returns for each [[port]] the lines of its keys, "" for its head.
// The library's decoder does not keep them. otherForm is the line of the first
// port that is written otherwise ("[port]", "port = [{…}]"), 0 for none.
func keyLines(data []byte) (all []map[string]int, otherForm int) {
	p := unstable.Parser{}
	p.Reset(data)
	inTable, line, from := false, 1, 0
	for p.NextExpression() {
		e := p.Expression()
		key, offset := keyOf(e)
		if offset > from { // counted on from the last one: the parser's own Shape begins at the top each time
			line, from = line+bytes.Count(data[from:offset], []byte("\n")), offset
		}
		isPort := len(key) > 0 && strings.EqualFold(key[0], "port")
		switch {
		case e.Kind == unstable.ArrayTable && isPort && len(key) == 1:
			all = append(all, map[string]int{"": line})
		case isPort && (e.Kind == unstable.KeyValue && !inTable || e.Kind == unstable.Table && len(key) == 1):
			return all, line
		case e.Kind == unstable.KeyValue && len(all) > 0 && len(key) == 1:
			all[len(all)-1][strings.ToLower(key[0])] = line
		}
		inTable = inTable || e.Kind == unstable.Table || e.Kind == unstable.ArrayTable
	}
	return all, 0
}

// keyOf returns the parts of an expression's key and where it begins.
func keyOf(e *unstable.Node) (key []string, offset int) {
	if e.Kind != unstable.KeyValue && e.Kind != unstable.Table && e.Kind != unstable.ArrayTable {
		return nil, 0
	}
	for it := e.Key(); it.Next(); {
		if len(key) == 0 {
			offset = int(it.Node().Raw.Offset)
		}
		key = append(key, string(it.Node().Data))
	}
	return key, offset
}
