//go:build linux

// Command listeners times `portolan listeners` beside ss, netstat and lsof, all
// in one run, on a host with very many sockets: a network namespace of its own,
// with 5,000 and then 20,000 listening sockets in 200 processes, and as many
// established connections.
//
//	go run ./bench/listeners
//
// It needs root (a namespace is CAP_SYS_ADMIN's). All that it starts are copies
// of itself, which end with it; nothing leaves the namespace's loopback.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	processes = 200
	rounds    = 7
	patience  = time.Minute // with one run of one tool
)

func main() {
	if len(os.Args) > 3 && os.Args[1] == "hold" {
		if err := hold(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, "hold:", err)
			os.Exit(1)
		}
		return
	}
	if err := bench(); err != nil {
		fmt.Fprintln(os.Stderr, "bench/listeners:", err)
		os.Exit(1)
	}
}

// hold opens n sockets on an address of process number id and waits for its
// standard input to end: listeners, or connections with both of their ends.
func hold(id, n string) error {
	number, err1 := strconv.Atoi(id)
	count, err2 := strconv.Atoi(n)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	host := fmt.Sprintf("127.1.%d.%d", number/250, number%250+1)
	var keep []io.Closer
	if connections := os.Getenv("HOLD") == "connections"; connections {
		l, err := net.Listen("tcp", host+":1")
		if err != nil {
			return err
		}
		keep = append(keep, l)
		for range count / 2 { // each is two sockets
			out, err := net.Dial("tcp", host+":1")
			if err != nil {
				return err
			}
			in, err := l.Accept()
			if err != nil {
				return err
			}
			keep = append(keep, in, out)
		}
	} else {
		for i := range count {
			l, err := listen(fmt.Sprintf("%s:%d", host, 1000+i))
			if err != nil {
				return err
			}
			keep = append(keep, l)
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(keep)
	return err
}

// listen opens a plain TCP listener: Go's own would be MPTCP where the kernel has it.
func listen(address string) (io.Closer, error) {
	var c net.ListenConfig
	c.SetMultipathTCP(false)
	return c.Listen(context.Background(), "tcp", address)
}

func bench() error {
	if os.Geteuid() != 0 {
		return errors.New("not root: a network namespace of its own needs CAP_SYS_ADMIN")
	}
	dir, err := os.MkdirTemp("", "portolan-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	portolan := filepath.Join(dir, "portolan")
	build := exec.Command("go", "build", "-trimpath", "-o", portolan, "./cmd/portolan")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build portolan: %w: %s", err, out)
	}
	// The namespace is this thread's: all that is started from here on is in it.
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return fmt.Errorf("make a network namespace: %w", err)
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("ip link set lo up: %w: %s", err, out)
	}
	machine()
	listeners := []tool{{"portolan", []string{portolan, "listeners", "--json"}}, {"ss -tulpnH", []string{"ss", "-tulpnH"}},
		{"netstat -tulpn", []string{"netstat", "-tulpn"}}, {"lsof -nP -i", []string{"lsof", "-nP", "-i"}}, {"ss -tulnH (no owners)", []string{"ss", "-tulnH"}}}
	connections := []tool{{"portolan --established", []string{portolan, "listeners", "--established", "--json"}}, {"ss -tanpH", []string{"ss", "-tanpH"}},
		{"netstat -tanp", []string{"netstat", "-tanp"}}, {"lsof -nP -i", []string{"lsof", "-nP", "-i"}}, {"ss -tanH (no owners)", []string{"ss", "-tanH"}}}
	for _, n := range []int{5000, 20000} {
		if err := part(fmt.Sprintf("%d listening sockets", n), "listeners", n, listeners); err != nil {
			return err
		}
		if err := part(fmt.Sprintf("%d established sockets", n), "connections", n, connections); err != nil {
			return err
		}
	}
	return nil
}

func machine() {
	var u syscall.Utsname
	_ = syscall.Uname(&u)
	release := ""
	for _, c := range u.Release {
		if c == 0 {
			break
		}
		release += string(rune(c))
	}
	fmt.Printf("%d cores, Linux %s, %s; medians of %d rounds, one after the other in turn; output to /dev/null\n", runtime.NumCPU(), release, runtime.Version(), rounds)
}

type tool struct {
	name string
	args []string
}

// part holds n sockets in 200 processes and times the tools.
func part(title, kind string, n int, tools []tool) error {
	stop, err := start(kind, n/processes)
	defer stop()
	if err != nil {
		return err
	}
	fmt.Printf("\n%s in %d processes\n", title, processes)
	times := make([][]time.Duration, len(tools))
	for range rounds {
		for i, t := range tools {
			if _, err := exec.LookPath(t.args[0]); err != nil {
				continue
			}
			d, err := clock(t.args)
			if err != nil {
				return err
			}
			times[i] = append(times[i], d)
		}
	}
	ours := median(times[0])
	for i, t := range tools {
		if times[i] == nil {
			fmt.Printf("  %-26s not installed\n", t.name)
			continue
		}
		m := median(times[i])
		fmt.Printf("  %-26s %8.1f ms  (fastest %6.1f)  %5.2f x portolan\n", t.name, milliseconds(m), milliseconds(slices.Min(times[i])), float64(m)/float64(ours))
	}
	return nil
}

// clock times one run. lsof exits with 1 when there is something it could not
// look at; only a program that can't run is an error.
func clock(args []string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	begin := time.Now()
	err := exec.CommandContext(ctx, args[0], args[1:]...).Run()
	took := time.Since(begin)
	if ctx.Err() != nil {
		return 0, fmt.Errorf("%s: not done in %v", strings.Join(args, " "), patience)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	return took, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func median(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[len(d)/2]
}

// start runs the processes and waits until all are ready. stop ends them by
// closing their standard input, and waits for them.
func start(kind string, each int) (stop func(), err error) {
	var running []*exec.Cmd
	var inputs []io.Closer
	stop = func() {
		for _, in := range inputs {
			in.Close()
		}
		for _, c := range running {
			_ = c.Wait()
		}
	}
	for i := range processes {
		c := exec.Command("/proc/self/exe", "hold", strconv.Itoa(i), strconv.Itoa(each))
		c.Env = append(os.Environ(), "HOLD="+kind)
		c.Stderr = os.Stderr
		in, err1 := c.StdinPipe()
		out, err2 := c.StdoutPipe()
		if err := errors.Join(err1, err2, c.Start()); err != nil {
			return stop, err
		}
		running, inputs = append(running, c), append(inputs, in)
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			return stop, fmt.Errorf("process %d did not get ready: %q %w", i, line, err)
		}
	}
	return stop, nil
}
