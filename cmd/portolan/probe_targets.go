package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/policy"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/registry"
)

// aim is one argument of a probe: addresses, and their ports.
type aim struct {
	text, name  string // as typed; name is "" for addresses
	first, last netip.Addr
	keys        []portolan.Key
}

// mostUnsigned is how many addresses may be asked without a word of authority: a /20.
const mostUnsigned = 4096

// splitTarget parts "host:22,80", "[2001:db8::1]:22" and "192.0.2.0/28:ssh". An
// IPv6 address without brackets has no ports behind it.
func splitTarget(arg string) (host, ports string, err error) {
	if rest, ok := strings.CutPrefix(arg, "["); ok {
		host, after, ok := strings.Cut(rest, "]")
		ports, colon := strings.CutPrefix(after, ":")
		if !ok || after != "" && !colon || colon && ports == "" {
			return "", "", usage("target %q: brackets hold an IPv6 address, then a colon and ports", arg).hint("write [2001:db8::1]:22,80")
		}
		return host, ports, nil
	}
	if strings.Count(arg, ":") != 1 {
		return arg, "", nil
	}
	host, ports, _ = strings.Cut(arg, ":")
	if host == "" || ports == "" {
		return "", "", usage("target %q: a host, then a colon and ports", arg).hint("write 192.0.2.7:22,80")
	}
	return host, ports, nil
}

// parseAddresses reads an address, a CIDR or a range ("192.0.2.1-9",
// "192.0.2.1-192.0.2.9"); ok is false for what is none of them. Fuzzed by
// FuzzParseTargets.
func parseAddresses(text string) (first, last netip.Addr, ok bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked().Addr(), lastOf(p), true
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Unmap(), a.Unmap(), true
	}
	from, to, cut := strings.Cut(text, "-")
	a, err := netip.ParseAddr(from)
	if !cut || err != nil || a.Zone() != "" {
		return first, last, false
	}
	b, err := netip.ParseAddr(to)
	if err != nil {
		// The last part alone: "192.0.2.1-9".
		i := strings.LastIndexAny(from, ".:")
		if b, err = netip.ParseAddr(from[:i+1] + to); err != nil {
			return first, last, false
		}
	}
	if a, b = a.Unmap(), b.Unmap(); a.BitLen() != b.BitLen() || b.Less(a) {
		return first, last, false
	}
	return a, b, true
}

// lastOf returns the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// aims understands the arguments.
func (a *app) aims(ctx context.Context, f probeFlags, args []string) ([]aim, error) {
	standard, err := a.standardPorts(f)
	if err != nil {
		return nil, err
	}
	var all []aim
	for _, arg := range args {
		host, ports, err := splitTarget(arg)
		if err != nil {
			return nil, err
		}
		one := aim{text: arg, keys: standard}
		if ports != "" {
			if one.keys, err = a.parsePorts(ports, f.udp); err != nil {
				return nil, err
			}
		}
		ok := false
		if one.first, one.last, ok = parseAddresses(host); !ok {
			if one.first, err = a.lookUp(ctx, host); err != nil {
				return nil, err
			}
			one.name, one.last = host, one.first
		}
		all = append(all, one)
	}
	return all, nil
}

// standardPorts are the ports of targets that name none.
func (a *app) standardPorts(f probeFlags) ([]portolan.Key, error) {
	if f.ports != "" {
		return a.parsePorts(f.ports, f.udp)
	}
	if f.top < 1 || f.top > 65535 {
		return nil, usage("--top %d: between 1 and 65535", f.top)
	}
	t := portolan.TCP
	if f.udp {
		t = portolan.UDP
	}
	return topPorts(t, f.top), nil
}

// lookUp asks the system for the address of a name that the user typed.
func (a *app) lookUp(ctx context.Context, host string) (netip.Addr, error) {
	if strings.ContainsAny(host, "/ \t") {
		return netip.Addr{}, usage("target %q is no address, range, CIDR or name", host).hint("write 192.0.2.7, 192.0.2.0/28, 192.0.2.1-9 or a host's name")
	}
	found, err := a.env.Resolve(ctx, host)
	if err != nil || len(found) == 0 {
		return netip.Addr{}, fail(exitNotFound, "target %q: no address found: %w", host, cmp.Or(err, errors.New("the answer is empty"))).hint("check the name, or write the address")
	}
	if len(found) > 1 {
		a.notice(fmt.Sprintf("note: %s has %d addresses; %s is asked", host, len(found), found[0]))
	}
	return found[0].Unmap(), nil
}

// size is how many addresses an aim has.
func (t aim) size() *big.Int {
	n := new(big.Int).SetBytes(t.last.AsSlice())
	return n.Sub(n, new(big.Int).SetBytes(t.first.AsSlice())).Add(n, big.NewInt(1))
}

// authorise refuses what needs the user's word for it.
func (a *app) authorise(all []aim, f probeFlags) error {
	if f.authorised {
		return nil
	}
	total := new(big.Int)
	own := a.env.Addresses()
	for _, t := range all {
		total.Add(total, t.size())
		if t.first == t.last && slices.Contains(own, t.first.WithZone("")) {
			continue
		}
		if !near(t.first) || !near(t.last) {
			return usage("target %q is a public address", t.text).hint("ask only what you are responsible for; --yes-i-am-authorised says that you are")
		}
	}
	if total.Cmp(big.NewInt(mostUnsigned)) > 0 {
		return usage("%s addresses are more than a /20 holds (%d)", total, mostUnsigned).hint("ask fewer, or say that you may: --yes-i-am-authorised")
	}
	return nil
}

// carrierGrade is the shared address space behind a provider's NAT (RFC 6598).
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

// near reports whether an address belongs to this host or a private network.
func near(a netip.Addr) bool {
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || carrierGrade.Contains(a)
}

// span is a run of addresses.
type span struct{ first, last netip.Addr }

func (s span) contains(a netip.Addr) bool {
	return a.BitLen() == s.first.BitLen() && !a.Less(s.first) && !s.last.Less(a)
}

// exclusions reads all that must not be touched: the flags' and the standard files'.
func (a *app) exclusions(f probeFlags) ([]span, error) {
	var all []span
	for _, text := range f.exclude {
		first, last, ok := parseAddresses(text)
		if !ok {
			return nil, usage("--exclude %q is no address, CIDR or range", text)
		}
		all = append(all, span{first, last})
	}
	files := policy.Places(a.env.Getenv, "exclude")
	if f.excludeFile != "" {
		files = append(files, f.excludeFile)
	}
	for _, name := range files {
		data, err := a.env.ReadFile(path.Clean(name))
		if errors.Is(err, fs.ErrNotExist) && name != f.excludeFile {
			continue
		}
		if err != nil {
			// A list of what must not be touched, that can't be read, stops the run.
			return nil, fail(exitFailure, "read the exclusions: %w", err)
		}
		more, err := readExclusions(name, data)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// readExclusions reads one address, CIDR or range a line; "#" begins a comment.
// Fuzzed by FuzzParseTargets.
func readExclusions(name string, data []byte) ([]span, error) {
	var all []span
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		first, last, ok := parseAddresses(text)
		if !ok {
			return nil, fail(exitUsage, "%s:%d: %q is no address, CIDR or range", name, n, text).hint("one a line; # begins a comment")
		}
		all = append(all, span{first, last})
	}
	if err := lines.Err(); err != nil {
		return nil, fail(exitUsage, "%s: %w", name, err)
	}
	return all, nil
}

// topPorts returns the ports of a transport with most evidence of life: the
// number of sources that show one in use, then those that a protocol we can ask
// for is commonly found on, then the lowest.
func topPorts(t portolan.Transport, n int) []portolan.Key {
	type row struct {
		key     portolan.Key
		sources int
		usual   bool
	}
	usual := map[uint16]bool{}
	for _, p := range protocol.Table {
		for _, port := range p.Usual {
			usual[port] = true
		}
	}
	var all []row
	for p := 1; p < 1<<16; p++ {
		k := portolan.Key{Port: uint16(p), Transport: t}
		sources := map[string]bool{}
		for _, e := range registry.Evidence(k) {
			if e.Span().Len() < registry.WideRange {
				sources[e.Last().ID] = true
			}
		}
		if len(sources) > 0 || usual[k.Port] {
			all = append(all, row{k, len(sources), usual[k.Port]})
		}
	}
	slices.SortFunc(all, func(x, y row) int {
		return cmp.Or(-cmp.Compare(x.sources, y.sources), commonFirst(x.usual, y.usual), cmp.Compare(x.key.Port, y.key.Port))
	})
	var keys []portolan.Key
	for _, r := range all[:min(n, len(all))] {
		keys = append(keys, r.key)
	}
	slices.SortFunc(keys, func(x, y portolan.Key) int { return cmp.Compare(x.Port, y.Port) })
	return keys
}

func commonFirst(x, y bool) int {
	switch {
	case x && !y:
		return -1
	case y && !x:
		return 1
	}
	return 0
}
