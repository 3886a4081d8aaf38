package probe

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/netlab"
)

func TestMain(m *testing.M) {
	os.Exit(netlab.Main(m, map[string]netlab.Role{"ask": askRole}))
}

// askRole asks all addresses of its arguments at once, and says how much memory
// the process held at its most, before and after, in kB as the kernel counts it.
func askRole(s *netlab.Stage) error {
	before, err := highWater()
	if err != nil {
		return err
	}
	start := time.Now()
	var wg sync.WaitGroup
	for _, a := range s.Args {
		at, err := netip.ParseAddrPort(a)
		if err != nil {
			return err
		}
		wg.Go(func() { new(Prober).Ask(context.Background(), tcpTarget(at)) })
	}
	wg.Wait()
	after, err := highWater()
	if err != nil {
		return err
	}
	return s.Say([3]int64{before, after, time.Since(start).Milliseconds()})
}

// highWater is the VmHWM of proc(5).
func highWater() (int64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			return strconv.ParseInt(f[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("no VmHWM in /proc/self/status")
}

// TestHostilePeersFromOutside asks every hostile peer at once in a process of
// its own: less than 1 MB for each that is asked, as the kernel sees it.
func TestHostilePeersFromOutside(t *testing.T) {
	var at []string
	for _, name := range slices.Sorted(maps.Keys(netlab.Hostiles)) {
		at = append(at, netlab.Hostile(t, name).String())
	}
	var held [3]int64
	netlab.Start(t, netlab.Order{Role: "ask", Args: at}).Hear(&held)
	grown := held[1] - held[0]
	if grown > int64(len(at))<<10*raceFactor {
		t.Errorf("%d kB more for %d peers", grown, len(at))
	}
	t.Logf("%d hostile peers at once: %d kB before, %d kB at most, in %d ms", len(at), held[0], held[1], held[2])
}
