package main

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/trap"
	"github.com/portolan/portolan/internal/visit"
	"github.com/portolan/portolan/registry"
)

// sentinelFlags are the flags of the command.
type sentinelFlags struct {
	watchOnly, greet, ecs, privileged bool
	only, except, mode, ports         string
	ignore, interfaces, own           []string
	hear                              time.Duration
	most                              int

	store   string
	keep    time.Duration
	maxSize int

	rules, alerts, syslog  string
	webhook, secret, spool string
	metrics                string
	memory, connections    int
	perSource, perPort     int
}

func (a *app) sentinelCommand() *cobra.Command {
	f := sentinelFlags{}
	c := &cobra.Command{
		Use:     "sentinel",
		Aliases: []string{"watch"},
		Short:   "Hear every knock on a port that nothing uses",
		Long: `Stands behind every TCP and UDP port of this host that has no socket, without a
list of ports: who sends a packet there, and what they say first when a connection
is taken, becomes a visit. It never takes a port from a service, answers nothing
over UDP, and leaves nothing behind when it ends, however it ends.

Nothing legitimate has business on such a port. A visit from your own network, from
a process of this host, or in a protocol that no scanner speaks raises an alert.

It needs CAP_BPF and CAP_NET_ADMIN at start (root has them) and gives up every
privilege once it stands; "sentinel doctor" says what this host allows. Without
privileges, name ports with --ports and it listens on those.`,
		Example: `  sudo portolan sentinel
  sudo portolan sentinel --store /var/lib/portolan/visits.db --format ndjson
  sudo portolan sentinel --only ghosts --except 7680,49152-65535
  portolan sentinel --mode listeners --ports 378,2323`,
		Args: a.atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.checkOutput(c, nil); err != nil {
				return err
			}
			return a.sentinel(c.Context(), f)
		},
	}
	l := c.Flags()
	l.SortFlags = false
	l.BoolVar(&f.watchOnly, "watch-only", false, "take no connections: packets are seen, first words are not")
	l.BoolVar(&f.greet, "greet", false, "offer who waits for 2 seconds the greeting of the port's service; no login succeeds")
	l.StringVar(&f.only, "only", "", "stand only behind `PORTS`: ghosts, system, or a list (22,80-90,53/udp)")
	l.StringVar(&f.except, "except", "", "leave out `PORTS`: those of your own management")
	l.StringArrayVar(&f.ignore, "ignore", nil, "leave out what comes from `SOURCE[:PORT]`: an address or CIDR; may be given again")
	l.StringArrayVar(&f.interfaces, "interface", nil, "watch only this `INTERFACE`; may be given again (default: all, and those that come)")
	l.StringArrayVar(&f.own, "own", nil, "a `CIDR` that is your own network, besides those of this host; may be given again")
	l.StringVar(&f.mode, "mode", "auto", "`HOW`: auto, bpf, nftables, packets (watches only) or listeners (--ports)")
	l.StringVar(&f.ports, "ports", "", "the `PORTS` to listen on with --mode listeners")
	l.DurationVar(&f.hear, "hear", 5*time.Second, "listen to a connection for this `TIME`, at most 5s")
	l.IntVar(&f.most, "most", 4096, "keep `N` bytes of what a connection says")
	l.IntVar(&f.connections, "connections", 10000, "hold at most `N` connections at a time")
	l.IntVar(&f.perSource, "connections-per-source", 1000, "hold at most `N` of one source")
	l.IntVar(&f.perPort, "connections-per-port", 64, "hold at most `N` to one port")
	l.IntVar(&f.memory, "memory", 64, "open visits may take `MiB`; the oldest end first")
	l.StringVar(&f.store, "store", "", "keep visits in a `FILE` (SQLite), for portolan visits")
	l.DurationVar(&f.keep, "keep", 30*24*time.Hour, "remove visits from the store after this `TIME`")
	l.IntVar(&f.maxSize, "max-size", 1024, "the store may take `MiB`; the oldest visits go first")
	l.StringVar(&f.rules, "rules", "", "the `FILE` of alert rules (default: those of docs/formats/alerts.md)")
	l.StringVar(&f.alerts, "alerts", "", "append alerts to a `FILE`, a JSON object a line")
	l.StringVar(&f.syslog, "syslog", "", "send alerts to `TARGET`: udp://HOST, tcp://HOST, tls://HOST or unix:///dev/log")
	l.StringVar(&f.webhook, "webhook", "", "post alerts to a `URL`")
	l.StringVar(&f.secret, "webhook-secret", "", "sign posts with the secret in a `FILE`")
	l.StringVar(&f.spool, "spool", "", "keep alerts for the webhook in a `FOLDER` until they were taken")
	l.StringVar(&f.metrics, "metrics", "", "serve Prometheus metrics on `ADDRESS`, as 127.0.0.1:9378")
	l.BoolVar(&f.ecs, "ecs", false, "with --format ndjson: in the names of the Elastic Common Schema")
	l.BoolVar(&f.privileged, "keep-privileges", false, "do not give up privileges, so that processes of other users can be named")
	c.AddCommand(a.doctorCommand())
	return c
}

// trapOptions understands the flags that say where to stand.
func (a *app) trapOptions(f sentinelFlags) (o trap.Options, err error) {
	modes := map[string]trap.Mode{"auto": trap.Auto, "bpf": trap.BPF, "nftables": trap.Nftables, "packets": trap.Packets, "listeners": trap.Listeners}
	mode, ok := modes[f.mode]
	switch {
	case !ok:
		return o, usage("--mode %q: no such mode", f.mode).hint("use auto, bpf, nftables, packets or listeners")
	case (mode == trap.Listeners) != (f.ports != ""):
		return o, usage("--mode listeners and --ports belong together").hint("portolan sentinel --mode listeners --ports 378,2323")
	case f.hear <= 0 || f.hear > 5*time.Second:
		return o, usage("--hear %v: more than 0 and at most 5s", f.hear)
	case f.most < 1 || f.most > 1<<20 || f.connections < 1 || f.perSource < 1 || f.perPort < 1 || f.memory < 1 || f.maxSize < 1 || f.keep <= 0:
		return o, usage("a bound is not above 0, or --most is above 1048576")
	}
	o = trap.Options{Mode: mode, Answer: !f.watchOnly && mode != trap.Packets,
		Hold: trap.Hold{For: f.hear, Total: f.connections, PerSource: f.perSource, PerPort: f.perPort}}
	if len(f.interfaces) > 0 {
		o.Interfaces = f.interfaces
	}
	if o.TCP, o.UDP, err = a.guarded(f); err != nil {
		return o, err
	}
	for _, text := range f.ignore {
		i, err := parseIgnore(text)
		if err != nil {
			return o, err
		}
		o.Ignore = append(o.Ignore, i)
	}
	if f.ports != "" {
		keys, err := a.parsePorts(f.ports, false)
		if err != nil {
			return o, err
		}
		for _, k := range keys {
			o.Ports = append(o.Ports, k.Port)
		}
	}
	return o, nil
}

// guarded are the ports to stand behind: nil is all.
func (a *app) guarded(f sentinelFlags) (tcp, udp *trap.PortSet, err error) {
	if f.only == "" && f.except == "" {
		return nil, nil, nil
	}
	tcp, udp = trap.AllPorts(), trap.AllPorts()
	set := func(k portolan.Key) *trap.PortSet {
		if k.Transport == portolan.UDP {
			return udp
		}
		return tcp
	}
	if f.only != "" {
		*tcp, *udp = trap.PortSet{}, trap.PortSet{}
		keys, err := a.onlyPorts(f.only)
		if err != nil {
			return nil, nil, err
		}
		for _, k := range keys {
			set(k).Add(k.Port)
		}
	}
	if f.except != "" {
		keys, err := a.bothPorts(f.except)
		if err != nil {
			return nil, nil, err
		}
		for _, k := range keys {
			set(k).Remove(k.Port)
		}
	}
	return tcp, udp, nil
}

func (a *app) onlyPorts(text string) (keys []portolan.Key, err error) {
	for _, t := range [...]portolan.Transport{portolan.TCP, portolan.UDP} {
		for p := range 1 << 16 {
			k := portolan.Key{Port: uint16(p), Transport: t}
			if text == "ghosts" && registry.IsGhost(k) || text == "system" && p < 1024 {
				keys = append(keys, k)
			}
		}
	}
	if keys == nil {
		return a.bothPorts(text)
	}
	return keys, nil
}

// bothPorts reads a list in which a port without a transport means TCP and UDP.
func (a *app) bothPorts(text string) (keys []portolan.Key, err error) {
	for word := range strings.SplitSeq(text, ",") {
		if strings.Contains(word, "/") {
			some, err := a.parsePorts(word, false)
			if err != nil {
				return nil, err
			}
			keys = append(keys, some...)
			continue
		}
		tcp, err1 := a.parsePorts(word, false)
		udp, err2 := a.parsePorts(word, true)
		if err1 != nil && err2 != nil {
			return nil, err1
		}
		keys = append(keys, append(tcp, udp...)...)
	}
	return keys, nil
}

// parseIgnore reads "192.0.2.0/24", "192.0.2.7:22" or "[2001:db8::1]:22". Fuzzed
// by FuzzParseIgnore.
func parseIgnore(text string) (trap.Ignore, error) {
	wrong := usage("--ignore %q: write an address or CIDR, and a port behind a colon", text).hint("192.0.2.0/24, 192.0.2.7:22 or [2001:db8::/32]:22")
	whole, port := text, ""
	if inside, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		whole, port = inside, strings.TrimPrefix(rest, ":")
		if rest != "" && port == "" {
			return trap.Ignore{}, wrong
		}
	} else if strings.Count(text, ":") == 1 {
		whole, port, _ = strings.Cut(text, ":")
		if port == "" {
			return trap.Ignore{}, wrong
		}
	}
	i := trap.Ignore{}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return i, wrong
		}
		i.Port = uint16(n)
	}
	if p, err := netip.ParsePrefix(whole); err == nil {
		i.Source = p.Masked()
		return i, nil
	}
	addr, err := netip.ParseAddr(whole)
	if err != nil || addr.Zone() != "" {
		return i, wrong
	}
	addr = addr.Unmap()
	i.Source = netip.PrefixFrom(addr, addr.BitLen())
	return i, nil
}

// ownNetworks are those of this host's interfaces, and those that the user names.
func (a *app) ownNetworks(named []string) ([]netip.Prefix, error) {
	own := a.env.Networks()
	for _, text := range named {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usage("--own %q: write a CIDR, as 10.0.0.0/8", text)
		}
		own = append(own, p.Masked())
	}
	return own, nil
}

// alertRules reads the file of rules, or gives those that are on by default.
func (a *app) alertRules(name string) (visit.Rules, error) {
	text, from := []byte(visit.DefaultText()), "the default rules"
	if name != "" {
		var err error
		text, err = a.env.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return visit.Rules{}, fail(exitNotFound, "%w", err)
		}
		if err != nil {
			return visit.Rules{}, fail(exitFailure, "%w", err)
		}
		from = name
	}
	r, err := visit.ParseRules(from, text)
	if err != nil {
		return r, usage("%w", err).hint("docs/formats/alerts.md describes the file")
	}
	return r, nil
}

// registered says what a port is for, in two words.
func registered(t portolan.Transport, port uint16) (status, service string) {
	k := portolan.Key{Port: port, Transport: t}
	answer := registry.Lookup(k)
	status = answer.Status().String()
	if registry.IsGhost(k) {
		status = "ghost"
	}
	return status, answer.Service()
}

// isOwnAddress remembers for a few seconds which addresses are this host's.
func isOwnAddress(list func() []netip.Addr, now func() time.Time) func(netip.Addr) bool {
	var mu sync.Mutex // guards what follows
	var own []netip.Addr
	var asked time.Time
	return func(addr netip.Addr) bool {
		if addr.IsLoopback() {
			return true
		}
		mu.Lock()
		defer mu.Unlock()
		if t := now(); asked.IsZero() || t.Sub(asked) > 5*time.Second || t.Before(asked) {
			own, asked = list(), t
		}
		return slices.Contains(own, addr)
	}
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what this host allows the sentinel, by trying it",
		Long: `Tries what each way to stand behind ports needs, on the loopback alone, and leaves
nothing behind. Exits with 1 where no way is open that hears every port.`,
		Args: a.atMost(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.doctor(c.Context()) },
	}
}

func (a *app) doctor(ctx context.Context) error {
	checks := trap.Doctor(ctx, trap.Options{Answer: true})
	d := &doctorDocument{Schema: doctorSchema, DataVersion: registry.Version(), Checks: []doctorCheck{}}
	failed := map[trap.Mode]bool{}
	for _, x := range checks {
		d.Checks = append(d.Checks, doctorCheck{x.Mode.String(), x.What, x.OK, x.Why, x.Next})
		failed[x.Mode] = failed[x.Mode] || !x.OK
	}
	for _, m := range []trap.Mode{trap.BPF, trap.Nftables, trap.Packets, trap.Listeners} {
		if bad, tried := failed[m]; tried && !bad && d.Best == "" {
			d.Best = m.String()
		}
	}
	if err := a.print(d.document()); err != nil {
		return err
	}
	if d.Best == "" || d.Best == trap.Listeners.String() {
		return &failure{code: exitNo}
	}
	return nil
}
