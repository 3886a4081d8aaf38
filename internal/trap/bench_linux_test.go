package trap

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"

	"github.com/portolan/portolan/internal/netlab"
)

// What the watch costs a packet of an ordinary connection, by the kernel's own
// count: 32 MiB to a service, and what comes back.
func BenchmarkEstablished(b *testing.B) {
	for name, at := range map[string]string{"v4": hostV4 + ":7000", "v6": "[" + hostV6 + "]:7000"} {
		b.Run(name, func(b *testing.B) {
			l := newLab(b)
			l.sink(at)
			s := l.trap(order{Mode: BPF, Answer: true, Stats: true})
			for b.Loop() {
				l.pour(at, 32<<20)
			}
			r := s.heard()
			b.ReportMetric(float64(r.Cost.Nanoseconds())/float64(r.Packets), "ns/packet")
			b.ReportMetric(float64(r.Packets)/float64(b.N), "packets/op")
		})
	}
}

// What it costs a SYN that finds nothing, is heard and limited.
func BenchmarkSYN(b *testing.B) {
	for name, perSource := range map[string]int{"emitted": 1e6, "limited": 1} {
		b.Run(name, func(b *testing.B) {
			l := newLab(b)
			s := l.trap(order{Mode: BPF, Stats: true, Terse: true, PerSource: perSource, Burst: perSource})
			for b.Loop() {
				l.flood(ProtocolTCP, 20_000)
			}
			r := s.heard()
			b.ReportMetric(float64(r.Cost.Nanoseconds())/float64(r.Packets), "ns/packet")
		})
	}
}

// Connections taken, their first words read and reset, beside a bare loop in Go
// that does the same on one port that it listens on.
func BenchmarkConnections(b *testing.B) {
	const many = 20_000
	for _, mode := range []Mode{0, BPF, Nftables} {
		name := mode.String()
		if mode == 0 {
			name = "bare"
		}
		b.Run(name, func(b *testing.B) {
			l := newLab(b)
			port := "0"
			var s *standing
			if mode == 0 {
				ln := l.service(l.host, "tcp", hostV4+":0", "")
				_, port, _ = net.SplitHostPort(ln.Addr().String())
			} else {
				s = l.trap(order{Mode: mode, Answer: true, Terse: true, PerSource: 1e6, Burst: 1e6, Hold: Hold{PerSource: 1e6, PerPort: 1e6}})
			}
			var failed int64
			for b.Loop() {
				c := netlab.Start(b, netlab.Order{Role: "knock", Args: []string{hostV4, fmt.Sprint(many), port}, Space: l.far})
				var said [2]int64
				c.Hear(&said)
				c.Stop()
				failed += said[1]
			}
			b.ReportMetric(float64(many)*float64(b.N)/b.Elapsed().Seconds(), "conn/s")
			b.ReportMetric(float64(failed), "failed")
			if s != nil {
				r := s.heard()
				b.ReportMetric(float64(r.CPU.Microseconds())/many/float64(b.N), "us-cpu/conn")
				b.Logf("%+v, at most %s resident", r.Counters, r.RSS)
			}
		})
	}
}

// sink takes everything and throws it away.
func (l *lab) sink(at string) {
	l.t.Helper()
	var ln net.Listener
	l.host.Do(l.t, func() (err error) {
		ln, err = net.Listen("tcp", at)
		return err
	})
	l.t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, c)
			c.Close()
		}
	}()
}

func (l *lab) pour(to string, size int) {
	l.t.Helper()
	var c net.Conn
	l.far.Do(l.t, func() (err error) {
		c, err = net.Dial("tcp", to)
		return err
	})
	defer c.Close()
	b := make([]byte, 64<<10)
	for sent := 0; sent < size; sent += len(b) {
		if _, err := c.Write(b); err != nil {
			l.t.Fatal(err)
		}
	}
}

// An ordinary packet, one of a flow that is known, costs less than 200 ns: the
// kernel runs the program on it again and again, the best round counts.
func TestFastPath(t *testing.T) {
	netlab.Root(t, "loads programs")
	netlab.Kernel(t, 6, 6, "tcx")
	w, err := loadBPF(Options{}.withDefaults(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	empty, err := ebpf.NewProgram(&ebpf.ProgramSpec{Type: ebpf.SchedCLS, License: "Apache-2.0", Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()}})
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	// Nothing is local here, so that the flow is known after its first packet.
	if err := w.fillGuards(nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, ends := range [][2]string{{farV4 + ":40000", hostV4 + ":80"}, {"[" + farV6 + "]:40000", "[" + hostV6 + "]:80"}} {
		b := segment(ends[0], ends[1], FlagACK, make([]byte, 1000))
		kind := []byte{8, 0}
		if b[0]>>4 == 6 {
			kind = []byte{0x86, 0xdd}
		}
		frame := append(append(make([]byte, 12), kind...), b...)
		cost, nothing := best(t, w.Ethernet, frame), best(t, empty, frame)
		t.Logf("%s: %v, an empty program %v", ends[1], cost, nothing)
		if cost > 200*time.Nanosecond {
			t.Errorf("%s: %v", ends[1], cost)
		}
	}
}

func best(t *testing.T, p *ebpf.Program, frame []byte) time.Duration {
	t.Helper()
	least := time.Hour
	for range 5 {
		_, took, err := p.Benchmark(frame, 100_000, nil)
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, took)
	}
	return least
}
