package main

import (
	"net/netip"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
	"github.com/portolan/portolan/sockets"
)

const listenersSchema = "portolan.listeners/v1"

// AppendJSON writes portolan.listeners/v1. Written by hand, since a busy host
// has tens of thousands of rows and this command is measured against ss.
func (l *listening) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("schema", listenersSchema)
	j.String("data_version", registry.Version())
	j.Time("taken", l.table.Taken)
	visibilityJSON(j, &l.table.Visibility)
	j.List("listeners")
	known := processTexts{}
	for i := range l.rows {
		l.rows[i].appendJSON(j, known)
	}
	j.EndList()
	j.Object("summary")
	j.Int("sockets", int64(len(l.rows)))
	j.EndObject()
	j.EndObject()
}

func visibilityJSON(j *report.JSON, v *sockets.Visibility) {
	j.Object("visibility")
	j.String("level", visibilityWord(*v))
	j.Int("hidden", int64(v.Hidden))
	j.Int("ownerless", int64(v.Ownerless))
	j.Int("sockets", int64(v.Sockets))
	j.Strings("reasons", v.Reasons)
	j.EndObject()
}

// processTexts keeps each process as JSON: one may hold a hundred sockets.
type processTexts map[*sockets.Process][]byte

func (t processTexts) of(p *sockets.Process) []byte {
	text, ok := t[p]
	if !ok {
		var j report.JSON
		processJSON(&j, p)
		text = j.Bytes()
		t[p] = text
	}
	return text
}

// items are the lines of NDJSON.
func (l *listening) items(yield func(any) bool) {
	known := processTexts{}
	for i := range l.rows {
		if !yield(item{&l.rows[i], known}) {
			return
		}
	}
}

type item struct {
	row   *listener
	known processTexts
}

func (i item) AppendJSON(j *report.JSON) { i.row.appendJSON(j, i.known) }

func (r *listener) appendJSON(j *report.JSON, known processTexts) {
	j.Object("")
	if r.ported {
		j.String("transport", r.transport.String())
	} else {
		j.Null("transport")
	}
	j.String("kind", r.Kind.String())
	j.String("state", r.State.String())
	j.StringOrNull("direction", direction(r.Direction))
	r.localJSON(j)
	j.Bool("dual_stack", r.DualStack)
	j.StringOrNull("interface", r.Interface)
	if remote(r.Remote) == "" {
		j.Null("remote")
		j.Null("remote_address")
		j.Null("remote_port")
	} else {
		endJSON(j, "remote", "remote_address", "remote_port", r.Remote)
	}
	j.String("exposure", r.exposure)
	r.detailsJSON(j)
	j.List("owners")
	for _, p := range r.Owners {
		j.Raw("", known.of(p))
	}
	j.EndList()
	j.EndObject()
}

// localJSON writes the local end with what the registry says of its port. A raw
// socket has an IP protocol number instead.
func (r *listener) localJSON(j *report.JSON) {
	if !r.ported {
		j.String("local", r.Local.Addr().String())
		j.String("address", r.Local.Addr().String())
		for _, name := range [...]string{"port", "status", "service"} {
			j.Null(name)
		}
		j.Uint("ip_protocol", uint64(r.Local.Port()))
		return
	}
	endJSON(j, "local", "address", "port", r.Local)
	j.String("status", r.status.String())
	j.StringOrNull("service", r.service)
	j.Null("ip_protocol")
}

func (r *listener) detailsJSON(j *report.JSON) {
	j.Uint("uid", uint64(r.UID))
	j.Uint("inode", r.Inode)
	j.Uint("receive_queue", uint64(r.ReceiveQueue))
	j.Uint("send_queue", uint64(r.SendQueue))
	j.Int("group", int64(r.Group))
	n := space(r.Socket)
	j.Object("namespace")
	j.Uint("inode", n.Inode)
	j.StringOrNull("name", n.Name)
	j.Bool("own", n.Own)
	j.EndObject()
}

// endJSON writes one end of a socket, whole and in parts.
func endJSON(j *report.JSON, whole, address, port string, a netip.AddrPort) {
	if a.Addr().Zone() != "" { // the name of an interface, which may hold anything
		j.String(whole, a.String())
		j.String(address, a.Addr().String())
	} else {
		var buf [64]byte
		j.Plain(whole, a.AppendTo(buf[:0]))
		j.Plain(address, a.Addr().AppendTo(buf[:0]))
	}
	j.Uint(port, uint64(a.Port()))
}

func processJSON(j *report.JSON, p *sockets.Process) {
	j.Object("")
	j.Int("pid", int64(p.PID))
	j.Int("ppid", int64(p.PPID))
	j.String("program", p.Program)
	j.Strings("cmdline", p.Cmdline)
	j.StringOrNull("exe", p.Exe)
	j.Bool("exe_deleted", p.ExeDeleted)
	j.Bool("exe_in_world_writable_folder", p.ExeWorldWritable)
	j.Uint("uid", uint64(p.UID))
	j.StringOrNull("user", p.User)
	j.Time("started", p.Started)
	j.StringOrNull("cgroup", p.Cgroup)
	j.StringOrNull("unit", p.Unit)
	j.StringOrNull("container", p.Container)
	j.EndObject()
}
