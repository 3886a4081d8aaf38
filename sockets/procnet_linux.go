package sockets

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
)

// procTables are the tables of /proc/net.
var procTables = [...]struct {
	name string
	kind Kind
}{{"tcp", KindTCP}, {"tcp6", KindTCP}, {"udp", KindUDP}, {"udp6", KindUDP}, {"udplite", KindUDPLite}, {"udplite6", KindUDPLite},
	{"raw", KindRaw}, {"raw6", KindRaw}}

// allKinds are those of which /proc/net has tables.
var allKinds = []Kind{KindTCP, KindUDP, KindUDPLite, KindRaw, KindSCTP}

// procNet reads the tables of the thread's namespace.
func (l *look) procNet(ns *Namespace, kinds ...Kind) error {
	var found []Socket
	for i, t := range procTables {
		if !slices.Contains(kinds, t.kind) {
			continue
		}
		text, err := os.ReadFile(l.net(t.name))
		if errors.Is(err, fs.ErrNotExist) && i > 0 {
			continue // a protocol that this kernel lacks
		}
		if err != nil {
			return fmt.Errorf("read the sockets: %w", err)
		}
		list, bad := parseProcNet("/proc/net/"+t.name, t.kind, text)
		found = append(found, list...)
		l.unread(bad)
	}
	if slices.Contains(kinds, KindSCTP) {
		found = append(found, l.sctp()...)
	}
	onlyV6(found)
	for _, s := range found {
		l.add(s, ns)
	}
	return nil
}

// sctp reads the two tables of SCTP, which are there when the kernel has it.
func (l *look) sctp() []Socket {
	table := func(name string, line func(string) ([]Socket, error)) []Socket {
		text, err := os.ReadFile(l.net("sctp", name))
		if err != nil {
			return nil
		}
		list, bad := parseSCTPTable("/proc/net/sctp/"+name, text, line)
		l.unread(bad)
		return list
	}
	return append(table("eps", parseSCTPEndpoint), table("assocs", parseSCTPAssociation)...)
}

func (l *look) unread(bad []*ParseError) {
	for i, e := range bad {
		if i == 3 {
			l.because("%d more lines of %s could not be read", len(bad)-i, e.Source)
			return
		}
		l.because("a line could not be read: %v", e)
	}
}

// onlyV6 takes the dual-stack mark, which the tables do not hold, off IPv6
// sockets beside which another one has the same port of IPv4.
func onlyV6(list []Socket) {
	v4 := map[port]bool{}
	for _, s := range list {
		if s.Local.Addr() == netip.IPv4Unspecified() {
			v4[port{nil, s.Kind, s.Local.Port()}] = true
		}
	}
	for i := range list {
		if v4[port{nil, list[i].Kind, list[i].Local.Port()}] {
			list[i].DualStack = false
		}
	}
}
