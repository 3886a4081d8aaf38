package main

import (
	"cmp"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/scanfile"
)

// probeXML collects what nmap's XML says of a run; nil where none is wanted. It
// is written at the end, since the format has a host's ports together.
type probeXML struct {
	w     io.Writer
	file  io.Closer // nil for standard output
	hosts map[netip.Addr]*scanfile.Host
}

// newProbeXML opens the file before anything is sent.
func (a *app) newProbeXML(name string) (*probeXML, error) {
	x := &probeXML{hosts: map[netip.Addr]*scanfile.Host{}}
	switch {
	case name == "":
		return nil, nil
	case name == "-" && (a.json || a.root.PersistentFlags().Changed("format")):
		return nil, usage("--xml - and --format or --json contradict each other: both are for standard output").hint("give --xml a file")
	case name == "-":
		x.w = a.out
		return x, nil
	}
	f, err := a.env.Create(name, false)
	if err != nil {
		return nil, fail(exitFailure, "write the XML: %w", err)
	}
	x.w, x.file = f, f
	return x, nil
}

func (x *probeXML) host(addr netip.Addr) *scanfile.Host {
	h := x.hosts[addr]
	if h == nil {
		h = &scanfile.Host{Addr: addr, Others: map[scanfile.Unlisted]int{}}
		x.hosts[addr] = h
	}
	return h
}

// take notes a port. As nmap does, it counts those that aren't open.
func (x *probeXML) take(e endpoint, r probeResult) {
	if x == nil {
		return
	}
	h := x.host(e.addr)
	h.Name = cmp.Or(h.Name, e.name)
	if !r.shown() {
		h.Others[scanfile.Unlisted{State: scanfile.State(r.State), Reason: r.Reason, Transport: e.key.Transport}]++
		return
	}
	h.Rows = append(h.Rows, r.xmlRow(e.key))
}

// takeOld notes a port that an earlier run has asked.
func (x *probeXML) takeOld(l resumeLine) {
	if x == nil {
		return
	}
	where, transport, _ := strings.Cut(l.Done, "/")
	at, err := netip.ParseAddrPort(where)
	t, wrong := portolan.ParseTransport(transport)
	if err != nil || wrong != nil {
		return
	}
	r := probeResult{State: l.State}
	if l.Result != nil {
		r = *l.Result
	}
	x.take(endpoint{at.Addr(), deref(r.Name), portolan.Key{Port: at.Port(), Transport: t}}, r)
}

// xmlRow is a result in nmap's words. Where nothing is known it has, as nmap's
// own files do, what the number is assigned for, marked as from a table.
func (r *probeResult) xmlRow(k portolan.Key) scanfile.Row {
	row := scanfile.Row{Key: k, State: scanfile.State(r.State), Reason: r.Reason, Service: r.Assigned.Service, Method: scanfile.Guessed, Conf: 3}
	switch strength := deref(r.Strength); {
	case r.State != probe.Open:
	case r.Protocol != nil && strength != "hint":
		row.Service, row.Method, row.TLS, row.Product, row.Version = *r.Protocol, scanfile.Probed, r.InTLS, deref(r.Product), deref(r.Version)
		if row.Conf = 8; strength == "certain" {
			row.Conf = 10
		}
	case r.TLS != nil:
		row.Service, row.Method, row.Conf = "tls", scanfile.Probed, 10
	}
	return row
}

// writeXML writes what was found until now.
func (r *probing) writeXML() error {
	if r.xml == nil {
		return nil
	}
	run := scanfile.Run{Version: r.versionInfo().Version, Args: strings.Join(r.env.Args, " "), Start: r.started}
	if !r.summary.Interrupted {
		run.End = r.env.Now()
	}
	for _, t := range r.aims {
		run.Keys = append(run.Keys, t.keys...)
	}
	var hosts []scanfile.Host
	for _, h := range r.xml.hosts {
		slices.SortFunc(h.Rows, func(a, b scanfile.Row) int {
			return cmp.Or(cmp.Compare(a.Key.Transport, b.Key.Transport), cmp.Compare(a.Key.Port, b.Key.Port))
		})
		hosts = append(hosts, *h)
	}
	slices.SortFunc(hosts, func(a, b scanfile.Host) int { return a.Addr.Compare(b.Addr) })
	if err := scanfile.WriteXML(r.xml.w, run, hosts); err != nil {
		return fail(exitFailure, "write the XML: %w", err)
	}
	return nil
}

func (x *probeXML) close() {
	if x != nil && x.file != nil {
		x.file.Close()
	}
}
