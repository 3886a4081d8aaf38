//go:build linux

// Command sweep times how all 65,535 TCP ports of one host are found open or
// closed: portolan's connect and SYN sweeps beside nmap -sT and -sS (where it is
// installed) and a plain loop of connects, in turn, over a veth pair between two
// network namespaces that it makes itself. As root:
//
//	go run ./bench/sweep [-runs 5] [-open 5,2000] [-dark 20]
//
// The last is a host that drops what is sent to closed ports (nftables), the case
// that really costs; 0 leaves it out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/portolan/portolan/internal/sweep"
)

var (
	runs = flag.Int("runs", 5, "how often each is run")
	open = flag.String("open", "5,2000", "how many ports are open, in turn; \"\" leaves these out")
	dark = flag.Int("dark", 20, "how many are open on the host that drops the rest")
	only = flag.String("only", "", "run only the tools whose name has this")
	role = flag.String("role", "", "what a child does: serve, connect, syn, naive")
)

// The addresses of the two hosts, of the benchmark's own network.
const (
	asker = "10.231.0.1"
	host  = "10.231.0.2"
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	switch *role {
	case "serve":
		return serve()
	case "connect", "syn", "naive":
		return ask(*role)
	}
	if os.Geteuid() != 0 {
		return errors.New("network namespaces need root")
	}
	for word := range strings.FieldsFuncSeq(*open, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 20000 {
			return fmt.Errorf("-open %q: numbers from 1 to 20000", *open)
		}
		if err := measure(n, false); err != nil {
			return err
		}
	}
	if *dark < 1 {
		return nil
	}
	return measure(*dark, true)
}

// ports are n open ports, spread over all.
func ports(n int) []int {
	var all []int
	for i := range n {
		all = append(all, 1000+i*(64000/n))
	}
	return all
}

// lab is the two namespaces and the server in one of them.
type lab struct {
	a, b   string
	server *exec.Cmd
}

func newLab(n int, drops bool) (*lab, error) {
	id := strconv.Itoa(os.Getpid())
	l := &lab{a: "portolan-sweep-a" + id, b: "portolan-sweep-b" + id}
	va, vb := "psa"+id, "psb"+id
	for _, c := range []string{
		"ip netns add " + l.a, "ip netns add " + l.b,
		"ip link add " + va + " netns " + l.a + " type veth peer name " + vb + " netns " + l.b,
		"ip -n " + l.a + " addr add " + asker + "/24 dev " + va, "ip -n " + l.b + " addr add " + host + "/24 dev " + vb,
		"ip -n " + l.a + " link set " + va + " up", "ip -n " + l.b + " link set " + vb + " up", "ip -n " + l.a + " link set lo up",
	} {
		if err := sh(c); err != nil {
			return l, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return l, err
	}
	l.server = exec.Command("ip", "netns", "exec", l.b, self, "-role", "serve", "-open", strconv.Itoa(n))
	out, err := l.server.StdoutPipe()
	if err != nil {
		return l, err
	}
	if err := l.server.Start(); err != nil {
		return l, err
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		return l, fmt.Errorf("the listeners did not start: %w", err)
	}
	if !drops {
		return l, nil
	}
	var list []string
	for _, p := range ports(n) {
		list = append(list, strconv.Itoa(p))
	}
	rules := "table inet t { chain c { type filter hook input priority 0; meta l4proto tcp tcp dport != { " + strings.Join(list, ", ") + " } drop; }\n}\n"
	c := exec.Command("ip", "netns", "exec", l.b, "nft", "-f", "-")
	c.Stdin = strings.NewReader(rules)
	if text, err := c.CombinedOutput(); err != nil {
		return l, fmt.Errorf("nft: %w: %s", err, text)
	}
	return l, nil
}

func (l *lab) close() {
	if l.server != nil && l.server.Process != nil {
		_ = l.server.Process.Kill()
		_ = l.server.Wait()
	}
	_ = sh("ip netns del " + l.a)
	_ = sh("ip netns del " + l.b)
}

func sh(line string) error {
	f := strings.Fields(line)
	if text, err := exec.Command(f[0], f[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", line, err, text)
	}
	return nil
}

// serve listens on the ports, and says so.
func serve() error {
	n, err := strconv.Atoi(*open)
	if err != nil {
		return err
	}
	for _, p := range ports(n) {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(p)))
		if err != nil {
			return err
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Close()
			}
		}()
	}
	fmt.Println("ready")
	select {}
}

// ask sweeps the host and prints how many ports are open.
func ask(how string) error {
	addr := netip.MustParseAddr(host)
	all := func(yield func(netip.AddrPort) bool) {
		for p := 1; p < 1<<16; p++ {
			if !yield(netip.AddrPortFrom(addr, uint16(p))) {
				return
			}
		}
	}
	n := 0
	count := func(r sweep.Result) {
		if r.State == sweep.Open {
			n++
		}
	}
	switch how {
	case "connect":
		err := sweep.Connect(context.Background(), sweep.Options{Retries: 1}, all, count)
		fmt.Println(n)
		return err
	case "syn":
		err := sweep.SYN(context.Background(), sweep.Options{}, all, count)
		fmt.Println(n)
		return err
	}
	// What one writes in an afternoon: 64 goroutines and a fixed time-out.
	work := make(chan netip.AddrPort)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 64 {
		wg.Go(func() {
			for to := range work {
				if c, err := net.DialTimeout("tcp", to.String(), time.Second); err == nil {
					c.Close()
					mu.Lock()
					n++
					mu.Unlock()
				}
			}
		})
	}
	for to := range all {
		work <- to
	}
	close(work)
	wg.Wait()
	fmt.Println(n)
	return nil
}

// tool is one way of sweeping.
type tool struct {
	name string
	args []string
	once bool // it takes minutes
}

func measure(n int, drops bool) error {
	l, err := newLab(n, drops)
	defer l.close()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	tools := []tool{{name: "portolan connect", args: []string{self, "-role", "connect"}}, {name: "portolan SYN", args: []string{self, "-role", "syn"}}}
	if !drops { // else it takes 17 minutes
		tools = append(tools, tool{name: "64 goroutines", args: []string{self, "-role", "naive"}})
	}
	if _, err := exec.LookPath("nmap"); err == nil {
		for _, f := range []string{"-sT", "-sS"} {
			tools = append(tools, tool{name: "nmap " + f + " -T5", args: []string{"nmap", "-n", "-Pn", f, "-T5", "-p1-65535", host}, once: drops})
		}
	} else {
		fmt.Println("nmap is not installed: not measured")
	}
	tools = slices.DeleteFunc(tools, func(t tool) bool { return !strings.Contains(t.name, *only) })
	if len(tools) == 0 {
		return fmt.Errorf("-only %q: no such tool", *only)
	}
	took, work, found := make([][]time.Duration, len(tools)), make([][]time.Duration, len(tools)), make([][]int, len(tools))
	for run := range *runs { // in turn, so that other work on the machine meets all alike
		for i, t := range tools {
			if t.once && run > 0 {
				continue
			}
			start := time.Now()
			c := exec.Command("ip", append([]string{"netns", "exec", l.a}, t.args...)...)
			out, err := c.Output()
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			took[i] = append(took[i], time.Since(start))
			found[i] = append(found[i], count(string(out)))
			work[i] = append(work[i], c.ProcessState.UserTime()+c.ProcessState.SystemTime())
		}
	}
	fmt.Printf("\n65,535 ports over veth, %d open, dropping the rest: %t, %d runs\n", n, drops, *runs)
	base := median(took[0])
	for i, t := range tools {
		slices.Sort(took[i])
		fmt.Printf("%-18s %7.2f s (%.2f-%.2f)  x%.2f  %.2f s of CPU  found %v\n", t.name, median(took[i]).Seconds(), took[i][0].Seconds(), took[i][len(took[i])-1].Seconds(), median(took[i]).Seconds()/base.Seconds(), median(work[i]).Seconds(), found[i])
	}
	return nil
}

// count reads how many ports are open, from our own words or nmap's.
func count(out string) int {
	if n, err := strconv.Atoi(strings.TrimSpace(out)); err == nil {
		return n
	}
	return strings.Count(out, "/tcp ") - strings.Count(out, "filtered")
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}
