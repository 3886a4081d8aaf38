package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
)

// probeFlags are the flags of the command.
type probeFlags struct {
	ports, failOn, policy     string
	top, parallel             int
	rate                      float64
	udp, all, evidence, noAsk bool
	industrial, authorised    bool
	syn                       bool
	wait                      time.Duration
	exclude                   []string
	excludeFile, resume, log  string
	contact, xml              string
}

// What a run does where no flag says otherwise.
const (
	defaultTop      = 100
	defaultRate     = 100 // new connections a second to hosts other than this one: a home router keeps up
	defaultParallel = 32
)

func (a *app) probeCommand() *cobra.Command {
	f := probeFlags{}
	c := &cobra.Command{
		Use:   "probe TARGET[:PORTS]...",
		Short: "Ask the ports of a machine what is really spoken there",
		Long: `Connects to ports of the targets that you name, finds out which protocol answers,
and compares it with what the port is assigned for. A target is a name, an address,
a CIDR (192.0.2.0/28) or a range (192.0.2.1-9), with ports behind a colon:
192.0.2.7:22,80,8000-8100 or [2001:db8::1]:ssh. Without ports, those with most
evidence of life are asked (--top).

Nothing is sent to a host that you did not name. It never logs in, sends nothing
that changes state, and leaves printer and industrial ports alone. A public
address, or more than 4,096 addresses, needs --yes-i-am-authorised. Addresses in
/etc/portolan/exclude and in exclude beside your own portolan.toml are never
touched.

Exits with 1 where a finding is at or above --fail-on.`,
		Example: `  portolan probe localhost
  portolan probe 192.168.1.1 192.168.1.20:22,80,443,8000-8100
  portolan probe 192.168.1.0/24:ssh --format ndjson
  portolan probe 127.0.0.1:378 --evidence`,
		Args:              a.someArgs("a target"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, args []string) error { return a.probe(c.Context(), f, args) },
	}
	l := c.Flags()
	l.SortFlags = false
	l.StringVarP(&f.ports, "ports", "p", "", "`PORTS` of targets that name none: 22,80,8000-8100,ssh,53/udp")
	l.IntVar(&f.top, "top", defaultTop, "the `N` ports with most evidence of life, where none are named")
	l.BoolVar(&f.udp, "udp", false, "ask over UDP (ports without a transport mean tcp)")
	l.BoolVar(&f.noAsk, "no-ask", false, "only find what is open")
	l.BoolVar(&f.syn, "syn", false, "find open ports with raw SYNs, in half the time: as root on Linux, not on loopback")
	l.BoolVar(&f.all, "all", false, "list ports that are closed or do not answer too")
	l.BoolVar(&f.evidence, "evidence", false, "show what was sent and what came back")
	l.BoolVar(&f.industrial, "industrial", false, "ask industrial protocols too: controllers have failed when asked")
	l.Float64Var(&f.rate, "rate", defaultRate, "`N` new connections a second to other hosts; 0 is no limit")
	l.IntVar(&f.parallel, "parallel", defaultParallel, "`N` ports are asked at the same time")
	l.DurationVar(&f.wait, "wait", 0, "`TIME` that a silent port is waited for (default 800ms and twice the round trip)")
	l.StringArrayVar(&f.exclude, "exclude", nil, "never touch `ADDRESSES`: one, a CIDR or a range; may be given again")
	l.StringVar(&f.excludeFile, "exclude-file", "", "never touch what a `FILE` lists, one a line")
	l.BoolVar(&f.authorised, "yes-i-am-authorised", false, "you may ask public addresses and large networks")
	l.StringVar(&f.contact, "contact", "", "`WHO` to write to, said in the User-Agent: an address or a URL")
	l.StringVar(&f.resume, "resume", "", "keep results in a `FILE`, and go on from there after an interrupt")
	l.StringVar(&f.xml, "xml", "", "write what nmap -oX would into a `FILE` too; - is standard output, and nothing else")
	l.StringVar(&f.log, "log", "", "write every request sent to a `FILE`, a JSON object a line")
	l.StringVar(&f.failOn, "fail-on", "warning", "exit with 1 from this severity on: notice, warning, alert or never")
	l.StringVar(&f.policy, "policy", "", "the `FILE` that declares your own ports")
	return c
}

func (a *app) probe(ctx context.Context, f probeFlags, args []string) error {
	run, err := a.newProbing(ctx, f, args)
	if err != nil {
		return err
	}
	defer run.close()
	if err := run.all(ctx); err != nil {
		return err
	}
	return run.finish(ctx)
}

// parsePorts reads "22,80,8000-8100,ssh,53/udp". Fuzzed by FuzzParseTargets.
func (a *app) parsePorts(text string, udp bool) ([]portolan.Key, error) {
	var keys []portolan.Key
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			return nil, usage("%q: an empty port in the list", text).hint("write ports as 22,80,8000-8100,ssh,53/udp")
		}
		subjects, err := a.resolve([]string{word})
		if err != nil {
			return nil, err
		}
		_, _, said := strings.Cut(word, "/")
		for _, s := range subjects {
			for _, k := range s.Keys {
				t := k.Transport
				switch {
				case !said && udp && t != portolan.UDP, !said && !udp && t != portolan.TCP:
					continue
				case t != portolan.TCP && t != portolan.UDP:
					return nil, usage("%q: only tcp and udp can be asked", word)
				}
				for p := int(k.First); p <= int(k.Last); p++ {
					keys = append(keys, portolan.Key{Port: uint16(p), Transport: t})
				}
			}
		}
	}
	slices.SortFunc(keys, func(x, y portolan.Key) int {
		return cmp.Or(cmp.Compare(x.Transport, y.Transport), cmp.Compare(x.Port, y.Port))
	})
	keys = slices.Compact(keys)
	// Port 0 can be assigned, and nothing can be connected to it.
	if keys = slices.DeleteFunc(keys, func(k portolan.Key) bool { return k.Port == 0 }); len(keys) == 0 {
		return nil, usage("%q: no port of it can be asked over %s", text, map[bool]string{true: "udp", false: "tcp"}[udp]).hint("add /tcp or /udp, or use --udp")
	}
	return keys, nil
}

// agent is how a probe calls itself, where a protocol has a place for it.
func (a *app) agent(contact string) (string, error) {
	name := "portolan/" + a.versionInfo().Version
	if contact == "" {
		return name, nil
	}
	for _, r := range contact {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"()<>\`, r) {
			return "", usage("--contact %q: only printable ASCII without spaces, quotes and brackets", contact)
		}
	}
	if len(contact) > 100 {
		return "", usage("--contact: at most 100 bytes")
	}
	return fmt.Sprintf("%s (+%s)", name, contact), nil
}
