package main

import (
	"strconv"

	"github.com/portolan/portolan/sockets"
)

var listenersColumns = []string{"transport", "kind", "state", "direction", "address", "port", "remote_address", "remote_port", "dual_stack", "interface", "exposure",
	"status", "service", "pid", "program", "exe", "cmdline", "user", "uid", "unit", "container", "namespace"}

// records are the rows of CSV and TSV: one for each socket and owner, and one
// for a socket without.
func (l *listening) records(yield func([]string) bool) {
	cells := make([]string, len(listenersColumns))
	for i := range l.rows {
		r := &l.rows[i]
		socketCells(cells, r)
		if len(r.Owners) == 0 && !yield(cells) {
			return
		}
		for _, p := range r.Owners {
			processCells(cells, p)
			if !yield(cells) {
				return
			}
		}
	}
}

func socketCells(c []string, r *listener) {
	clear(c)
	if r.ported {
		c[0], c[5], c[11], c[12] = r.transport.String(), strconv.Itoa(int(r.Local.Port())), r.status.String(), r.service
	}
	c[1], c[2], c[3], c[4] = r.Kind.String(), r.State.String(), direction(r.Direction), r.Local.Addr().String()
	if remote(r.Remote) != "" {
		c[6], c[7] = r.Remote.Addr().String(), strconv.Itoa(int(r.Remote.Port()))
	}
	c[8], c[9], c[10] = strconv.FormatBool(r.DualStack), r.Interface, r.exposure
	c[18], c[21] = strconv.FormatUint(uint64(r.UID), 10), namespace(space(r.Socket))
}

func processCells(c []string, p *sockets.Process) {
	c[13], c[14], c[15], c[16] = strconv.Itoa(p.PID), p.Program, p.Exe, commandLine(p.Cmdline)
	c[17], c[18], c[19], c[20] = p.User, strconv.FormatUint(uint64(p.UID), 10), p.Unit, p.Container
}

// direction is "" where a socket has none.
func direction(d sockets.Direction) string {
	switch d {
	case sockets.Inbound:
		return "inbound"
	case sockets.Outgoing:
		return "outgoing"
	}
	return ""
}

// commandLine joins arguments with blanks, those that hold one in quotes.
func commandLine(args []string) string {
	var b []byte
	for i, arg := range args {
		if i > 0 {
			b = append(b, ' ')
		}
		if needsQuotes(arg) {
			b = strconv.AppendQuote(b, arg)
			continue
		}
		b = append(b, arg...)
	}
	return string(b)
}

func needsQuotes(arg string) bool {
	for i := range len(arg) {
		if arg[i] <= ' ' || arg[i] == '"' {
			return true
		}
	}
	return arg == ""
}
