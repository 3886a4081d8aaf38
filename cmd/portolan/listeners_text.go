package main

import (
	"net/netip"
	"strconv"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/sockets"
)

func (l *listening) text(p *report.Page) {
	if len(l.rows) == 0 {
		return // what was not found is said on standard error
	}
	columns := []report.Column{{Header: "on"}, {Header: "address", Min: 15}, {Header: "port", Align: report.Right},
		{Header: "service", Priority: 1, Min: 9}, {Header: "program", Min: 12}, {Header: "pid", Align: report.Right, Priority: 1},
		{Header: "user", Priority: 3, Min: 6}, {Header: "unit or container", Priority: 4, Min: 17}, {Header: "exposure", Priority: 2}}
	if l.connections {
		columns = append(columns, report.Column{Header: "state"}, report.Column{Header: "remote", Min: 15})
	}
	spaces := l.foreign()
	if spaces {
		columns = append(columns, report.Column{Header: "namespace", Priority: 2, Min: 9})
	}
	t := &report.Table{Columns: columns, Rows: make([][]report.Cell, 0, len(l.rows))}
	for i := range l.rows {
		t.Rows = append(t.Rows, l.row(&l.rows[i], spaces))
	}
	p.Table(t)
}

// foreign reports whether sockets of other network namespaces are listed.
func (l *listening) foreign() bool {
	for i := range l.rows {
		if !space(l.rows[i].Socket).Own {
			return true
		}
	}
	return false
}

func (l *listening) row(r *listener, spaces bool) []report.Cell {
	o := owner(r, l.table.Visibility.Full)
	cells := []report.Cell{report.Text(r.Kind.String()), {Text: address(r.Socket), Style: report.Place}, port(r), service(r), o.program,
		report.Text(o.pid), report.Text(o.user), report.Text(o.unit), exposureCell(r.exposure)}
	if l.connections {
		cells = append(cells, report.Text(r.State.String()), report.Text(peer(r.Socket)))
	}
	if spaces {
		cells = append(cells, report.Text(namespace(space(r.Socket))))
	}
	return cells
}

// address is the local address as the table shows it: * for both IP versions.
func address(s *sockets.Socket) string {
	a := s.Local.Addr().String()
	if s.DualStack {
		a = "*"
	}
	if s.Interface != "" {
		a += "%" + s.Interface
	}
	return a
}

func port(r *listener) report.Cell {
	if !r.ported {
		return report.Cell{}
	}
	return report.Cell{Text: strconv.Itoa(int(r.Local.Port())), Style: report.Place}
}

// peer is the remote end, with who opened the connection where that is known.
func peer(s *sockets.Socket) string {
	switch s.Direction {
	case sockets.Inbound:
		return "from " + remote(s.Remote)
	case sockets.Outgoing:
		return "to " + remote(s.Remote)
	}
	return remote(s.Remote)
}

// remote is "" where the socket has no remote end.
func remote(a netip.AddrPort) string {
	if !a.IsValid() || a.Port() == 0 && a.Addr().IsUnspecified() {
		return ""
	}
	return a.String()
}

// service is the registry's name, or, in parentheses, what it says instead.
func service(r *listener) report.Cell {
	if !r.ported {
		return report.Cell{Text: "(IP protocol " + strconv.Itoa(int(r.Local.Port())) + ")", Style: report.Faint}
	}
	if r.service != "" {
		return report.Text(r.service)
	}
	return report.Cell{Text: "(" + r.status.String() + ")", Style: report.Faint}
}

func exposureCell(word string) report.Cell {
	c := report.Text(word)
	switch word {
	case "all", "public":
		c.Style = report.Warn
	case "loopback":
		c.Style = report.Good
	}
	return c
}

func namespace(n sockets.Namespace) string {
	if n.Own {
		return ""
	}
	if n.Name != "" {
		return n.Name
	}
	return "net:[" + strconv.FormatUint(n.Inode, 10) + "]"
}

// owners is what the table says of who holds a socket.
type owners struct {
	program         report.Cell
	pid, user, unit string
}

// owner shows the first process, and counts the others behind its pid.
func owner(r *listener, full bool) owners {
	if len(r.Owners) == 0 {
		word := "(not visible)"
		if full {
			word = "(no process)"
		}
		return owners{program: report.Cell{Text: word, Style: report.Faint}, user: "uid " + strconv.FormatUint(uint64(r.UID), 10)}
	}
	p := r.Owners[0]
	o := owners{report.Text(p.Program), strconv.Itoa(p.PID), user(p), p.Unit}
	if n := len(r.Owners) - 1; n > 0 {
		o.pid += " +" + strconv.Itoa(n)
	}
	if p.Container != "" {
		o.unit = "container " + p.Container
	}
	return o
}

func user(p *sockets.Process) string {
	if p.User != "" {
		return p.User
	}
	return "uid " + strconv.FormatUint(uint64(p.UID), 10)
}
