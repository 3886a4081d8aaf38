//go:build linux

// Command sentinel times how many connections a second the sentinel takes, hears,
// names and stores, beside a bare loop in Go that accepts, reads once and closes,
// over a veth pair between two network namespaces that it makes itself. As root:
//
//	go run ./bench/sentinel [-rounds 3] [-connections 20000] [-at-once 64]
//
// The client connects to ports all over, says a request of 67 bytes and closes.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	rounds = flag.Int("rounds", 3, "how often each is run")
	total  = flag.Int("connections", 20000, "connections in a run")
	atOnce = flag.Int("at-once", 64, "connections at a time")
	role   = flag.String("role", "", "what a child does: bare, ask")
	port   = flag.Int("port", 0, "for ask: one port; 0 is all")
)

const (
	host    = "10.232.0.2"
	request = "GET /index.html HTTP/1.1\r\nHost: sensor.example\r\nUser-Agent: x\r\n\r\n"
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
	case "bare":
		return bare()
	case "ask":
		return ask()
	}
	if os.Geteuid() != 0 {
		return errors.New("network namespaces need root")
	}
	dir, err := os.MkdirTemp("", "portolan-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "portolan")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/portolan").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	contenders := []struct {
		name string
		args []string
		port int
	}{
		{"bare loop", []string{self, "-role", "bare"}, 9},
		{"sentinel", []string{program, "sentinel", "--format", "ndjson", "--connections-per-port", "10000", "--connections-per-source", "10000"}, 0},
		{"sentinel, stored", []string{program, "sentinel", "--format", "ndjson", "--connections-per-port", "10000", "--connections-per-source", "10000", "--store", filepath.Join(dir, "visits.db")}, 0},
	}
	rates, work := make([][]float64, len(contenders)), make([][]float64, len(contenders))
	memory := make([]int64, len(contenders))
	for range *rounds { // in turn, so that other work on the machine meets all alike
		for i, c := range contenders {
			rate, cpu, held, err := measure(self, c.args, c.port)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			rates[i], work[i], memory[i] = append(rates[i], rate), append(work[i], cpu), max(memory[i], held)
		}
	}
	fmt.Printf("%d connections, %d at a time, %d rounds\n", *total, *atOnce, *rounds)
	for i, c := range contenders {
		fmt.Printf("%-17s %7.0f connections/s (%s)  x%.2f  %5.0f us of CPU each, %d MB at most\n", c.name, median(rates[i]), list(rates[i]), median(rates[i])/median(rates[0]), median(work[i]), memory[i]>>10)
	}
	return nil
}

// measure runs a server and a client on two hosts, and returns connections a
// second, microseconds of the server's CPU for each, and its memory in kB.
func measure(self string, server []string, port int) (rate, cpu float64, held int64, err error) {
	id := strconv.Itoa(os.Getpid())
	a, b := "portolan-sentinel-a"+id, "portolan-sentinel-b"+id
	defer func() {
		_ = exec.Command("ip", "netns", "del", a).Run()
		_ = exec.Command("ip", "netns", "del", b).Run()
	}()
	for _, line := range []string{
		"netns add " + a, "netns add " + b, "link add psa" + id + " netns " + a + " type veth peer name psb" + id + " netns " + b,
		"-n " + a + " addr add 10.232.0.1/24 dev psa" + id, "-n " + b + " addr add " + host + "/24 dev psb" + id,
		"-n " + a + " link set psa" + id + " up", "-n " + b + " link set psb" + id + " up", "-n " + b + " link set lo up",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return 0, 0, 0, fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	s := exec.Command("ip", append([]string{"netns", "exec", b}, server...)...)
	stderr, err := s.StderrPipe()
	if err != nil {
		return 0, 0, 0, err
	}
	if err := s.Start(); err != nil {
		return 0, 0, 0, err
	}
	if _, err := stderr.Read(make([]byte, 200)); err != nil { // it says that it stands
		return 0, 0, 0, err
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	start := time.Now()
	out, err := exec.Command("ip", "netns", "exec", a, self, "-role", "ask", "-connections", strconv.Itoa(*total), "-at-once", strconv.Itoa(*atOnce), "-port", strconv.Itoa(port)).CombinedOutput()
	took := time.Since(start)
	time.Sleep(200 * time.Millisecond)
	_ = s.Process.Signal(os.Interrupt)
	_ = s.Wait()
	if err != nil {
		return 0, 0, 0, fmt.Errorf("ask: %w: %s", err, out)
	}
	if n := strings.TrimSpace(string(out)); n != strconv.Itoa(*total) {
		return 0, 0, 0, fmt.Errorf("%s of %d connections were taken", n, *total)
	}
	used := s.ProcessState.UserTime() + s.ProcessState.SystemTime()
	return float64(*total) / took.Seconds(), float64(used.Microseconds()) / float64(*total), s.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, nil
}

// bare accepts, reads once, and closes by a reset.
func bare() error {
	l, err := net.Listen("tcp", ":9")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "ready")
	stop := make(chan os.Signal, 1)
	go func() { <-stop; l.Close() }()
	for {
		c, err := l.Accept()
		if err != nil {
			return nil
		}
		go func() {
			_, _ = c.Read(make([]byte, 4096))
			_ = c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}()
	}
}

// ask connects and says how many connections were taken.
func ask() error {
	var taken atomic.Int64
	var wg sync.WaitGroup
	work := make(chan int)
	for range *atOnce {
		wg.Go(func() {
			for range work {
				to := *port
				if to == 0 {
					to = 1 + rand.N(30000)
				}
				c, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(to)), 5*time.Second)
				if err != nil {
					continue
				}
				if _, err := c.Write([]byte(request)); err == nil {
					taken.Add(1)
				}
				c.Close()
			}
		})
	}
	for i := range *total {
		work <- i
	}
	close(work)
	wg.Wait()
	fmt.Println(taken.Load())
	return nil
}

func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return s[len(s)/2]
}

func list(all []float64) string {
	var b bytes.Buffer
	for i, x := range all {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%.0f", x)
	}
	return b.String()
}
