// Command identify asks the same real servers with portolan's probe and with
// nmap -sV, in one run, and prints who named what and how long it took:
//
//	cd peers && go run ./identify [-nmap=false] [-light]
//
// The servers are those of package servers, each on a loopback port that is not
// its own. A name counts as right where it is the protocol that runs there; a
// version where it is the one that the wire shows.
package main

import (
	"context"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/peers/servers"
)

var (
	withNmap = flag.Bool("nmap", true, "run nmap -sV on the same servers")
	light    = flag.Bool("light", false, "nmap with --version-light")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// named is what somebody says of an endpoint.
type named struct{ protocol, product, version string }

// outcome is what one asker did.
type outcome struct {
	who  string
	took time.Duration
	said map[string]named // by endpoint
}

func run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	running, errs := servers.StartAll(ctx, servers.All, 4)
	defer func() {
		for _, r := range running {
			r.Stop()
		}
	}()
	for _, err := range errs {
		fmt.Println("not started:", err)
	}
	var all []servers.Up
	for _, r := range running {
		all = append(all, r.Up...)
	}
	fmt.Printf("%d ports of %d servers\n", len(all), len(running))
	outcomes := []outcome{ours(ctx, all)}
	if *withNmap {
		o, err := nmap(ctx, all)
		if err != nil {
			return err
		}
		outcomes = append(outcomes, o)
	}
	show(all, outcomes)
	return nil
}

// ours asks with as many ports at a time as portolan probe does.
func ours(ctx context.Context, all []servers.Up) outcome {
	o := outcome{who: "portolan", said: map[string]named{}}
	start := time.Now()
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan bool, 32)
	for _, u := range all {
		wg.Go(func() {
			slots <- true
			defer func() { <-slots }()
			p := probe.Prober{Agent: "portolan"}
			x := p.Ask(ctx, probe.Target{Addr: u.Addr, Transport: transport(u)})
			mu.Lock()
			defer mu.Unlock()
			if x.Match != nil && x.Conduct == probe.Spoke {
				o.said[u.Name] = named{x.Match.Protocol, x.Match.Product, x.Match.Version}
			}
		})
	}
	wg.Wait()
	o.took = time.Since(start)
	return o
}

func transport(u servers.Up) portolan.Transport {
	if u.Transport == "udp" {
		return portolan.UDP
	}
	return portolan.TCP
}

// nmapRun is what is read of nmap's XML.
type nmapRun struct {
	Ports []struct {
		Protocol string `xml:"protocol,attr"`
		Port     int    `xml:"portid,attr"`
		Service  struct {
			Name    string `xml:"name,attr"`
			Product string `xml:"product,attr"`
			Version string `xml:"version,attr"`
			Method  string `xml:"method,attr"`
		} `xml:"service"`
	} `xml:"host>ports>port"`
}

// nmap asks TCP and then UDP ports, as two runs of it.
func nmap(ctx context.Context, all []servers.Up) (outcome, error) {
	o := outcome{who: "nmap -sV", said: map[string]named{}}
	start := time.Now()
	for flag, t := range map[string]portolan.Transport{"-sT": portolan.TCP, "-sU": portolan.UDP} {
		var ports []string
		for _, u := range all {
			if transport(u) == t {
				ports = append(ports, strconv.Itoa(int(u.Addr.Port())))
			}
		}
		args := []string{"-n", "-Pn", flag, "-sV", "-T4", "-oX", "-", "-p", strings.Join(ports, ","), "127.0.0.1"}
		if *light {
			args = append([]string{"--version-light"}, args...)
		}
		text, err := exec.CommandContext(ctx, "nmap", args...).Output()
		if err != nil {
			return o, fmt.Errorf("nmap: %w", err)
		}
		var r nmapRun
		if err := xml.Unmarshal(text, &r); err != nil {
			return o, fmt.Errorf("nmap's XML: %w", err)
		}
		for _, p := range r.Ports {
			i := slices.IndexFunc(all, func(u servers.Up) bool { return int(u.Addr.Port()) == p.Port && transport(u) == t })
			// A name from its table of ports says nothing of the server.
			if i >= 0 && p.Service.Method == "probed" && p.Service.Name != "tcpwrapped" {
				o.said[all[i].Name] = named{p.Service.Name, p.Service.Product, p.Service.Version}
			}
		}
	}
	o.took = time.Since(start)
	return o, nil
}

// alike are nmap's words for protocols that go by another name here.
var alike = map[string][]string{
	"dns": {"domain"}, "smb": {"netbios-ssn", "microsoft-ds"}, "rdp": {"ms-wbt-server"}, "irc": {"irc"}, "kerberos": {"kerberos-sec"}, "socks5": {"socks5", "tor-socks"},
	"git": {"git"}, "svn": {"svnserve"}, "xmpp": {"jabber", "xmpp"}, "http2": {"http"}, "prometheus": {"http"}, "prometheus-exporter": {"http"}, "etcd": {"http"},
	"influxdb": {"http"}, "ipp": {"http"}, "icecast": {"http"}, "http-proxy": {"http"}, "neo4j-bolt": {"bolt"}, "beanstalk": {"beanstalk"}, "nut": {"nut", "ups", "upsd"}, "telnet": {"telnet"},
	"mqtt": {"mqtt"}, "memcached": {"memcached", "memcache"}, "zookeeper": {"zookeeper"}, "distcc": {"distccd"}, "stun": {"stun"}, "gpsd": {"gpsd-ng"}, "openvpn": {"openvpn"}, "http": {"https"},
}

// right reports whether a name is the protocol of an endpoint, in whoever's words.
func right(got, want string) bool {
	p, ok := protocol.Named(got)
	return got == want || ok && p.Over == want || want == "http" && got == "http2" || slices.Contains(alike[want], got)
}

func show(all []servers.Up, outcomes []outcome) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "endpoint\truns")
	for _, o := range outcomes {
		fmt.Fprintf(w, "\t%s", o.who)
	}
	fmt.Fprintln(w)
	for _, u := range all {
		fmt.Fprintf(w, "%s\t%s", u.Name, u.Protocol)
		for _, o := range outcomes {
			n := o.said[u.Name]
			mark := ""
			if n.protocol != "" && !right(n.protocol, u.Protocol) {
				mark = "WRONG "
			}
			fmt.Fprintf(w, "\t%s%s", mark, strings.TrimSpace(n.protocol+" "+n.product+" "+n.version))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	fmt.Println()
	for _, o := range outcomes {
		ok, wrong, none, versions := 0, 0, 0, 0
		for _, u := range all {
			switch n := o.said[u.Name]; {
			case u.Protocol == "" && n.protocol == "", n.protocol != "" && right(n.protocol, u.Protocol):
				ok++
				if u.Version != "" && n.version != "" && strings.HasPrefix(u.Version, n.version) {
					versions++
				}
			case n.protocol == "":
				none++
			default:
				wrong++
			}
		}
		fmt.Printf("%-10s %d right, %d wrong, %d not named, %d versions as on the wire, %.1f s (%.2f of the last)\n", o.who, ok, wrong, none, versions, o.took.Seconds(), o.took.Seconds()/outcomes[len(outcomes)-1].took.Seconds())
	}
}
