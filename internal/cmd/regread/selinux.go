package main

import (
	"fmt"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// genericPortTypes are SELinux's types for the ports that no service has a type
// for: they say nothing of one.
var genericPortTypes = map[string]string{
	"port_t":             "every port",
	"reserved_port_t":    "1-511",
	"hi_reserved_port_t": "512-1023",
	"unreserved_port_t":  "1024-65535",
	"ephemeral_port_t":   "the ports that the kernel hands out", // Fedora's policy
}

// readSELinux reads the port types of a compiled SELinux policy as
// "seinfo POLICY --flat --portcon" prints them, one line each:
//
//	portcon tcp 22 system_u:object_r:ssh_port_t:s0
func readSELinux(text []byte) ([]twin.Row, []Reject, error) {
	var rows []twin.Row
	var left []Reject
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		cells := strings.Fields(line)
		if len(cells) == 0 {
			continue
		}
		row, err := portconRow(cells)
		if err != nil {
			left = append(left, Reject{n, oneLine(line), err.Error()})
			continue
		}
		row.Line = n
		rows = append(rows, row)
	}
	return rows, left, nil
}

func portconRow(cells []string) (row twin.Row, err error) {
	if len(cells) != 4 || cells[0] != "portcon" {
		return row, fmt.Errorf("not portcon, transport, ports and context")
	}
	// user:role:type:level, and a level may hold colons.
	context := strings.SplitN(cells[3], ":", 4)
	if len(context) < 3 {
		return row, fmt.Errorf("the context has no type")
	}
	name, ok := strings.CutSuffix(context[2], "_port_t")
	if rest, generic := genericPortTypes[context[2]]; generic {
		return row, fmt.Errorf("no service: the type of what has none of its own in %s", rest)
	}
	if !ok || name == "" {
		return row, fmt.Errorf("%q is no type of a port", context[2])
	}
	row = twin.Row{Status: "seen", Service: name}
	if row.Transport, err = portolan.ParseTransport(cells[1]); err != nil {
		return row, err
	}
	row.Span, err = portolan.ParseSpan(cells[2])
	return row, err
}
