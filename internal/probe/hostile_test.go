package probe

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/netlab"
)

// TestHostilePeers asks servers that mean harm: each ends in time, with little
// memory, and is called what it is.
func TestHostilePeers(t *testing.T) {
	want := map[string][]Conduct{
		"never speaks":             {Silent},
		"closes at once":           {ClosesAtOnce},
		"resets":                   {ClosesAtOnce},
		"resets when asked":        {Hangs},
		"drips":                    {Tarpit},
		"endless banner":           {Tarpit},
		"endless header":           {Spoke},
		"slow header":              {Spoke},
		"escapes":                  {Unrecognised},
		"zeros":                    {Tarpit},
		"invalid utf-8":            {Unrecognised},
		"random":                   {Tarpit},
		"prose":                    {Unrecognised},
		"every magic":              {Unrecognised, ManyTongues},
		"answers each differently": {ManyTongues},
		"echo":                     {Unrecognised, Spoke},
		"tls bomb":                 {Spoke}, // TLS, and nothing inside it
		"tls junk":                 {Tarpit, Unrecognised},
	}
	for name := range netlab.Hostiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := netlab.Hostile(t, name)
			start := time.Now()
			r := new(Prober).Ask(context.Background(), tcpTarget(at))
			if !slices.Contains(want[name], r.Conduct) {
				t.Errorf("%s: %q, match %+v also %v", name, r.Conduct, r.Match, r.Also)
			}
			if took := time.Since(start); took > MostTime+2*time.Second {
				t.Errorf("%s: took %v", name, took)
			}
			if r.Connections > MostConnections || r.BytesRead > mostData+MostConnections*mostTLSBytes {
				t.Errorf("%s: %d connections, %d bytes read", name, r.Connections, r.BytesRead)
			}
			t.Logf("%s: %s, %d connections, %d bytes sent, %d read, %v", name, r.Conduct, r.Connections, r.BytesSent, r.BytesRead, r.Took.Round(time.Millisecond))
		})
	}
}

// TestHostilePeersTakeLittle holds what one connection may cost: less than 1 MB.
func TestHostilePeersTakeLittle(t *testing.T) {
	for _, name := range []string{"endless banner", "tls junk", "endless header"} {
		at := netlab.Hostile(t, name)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := new(Prober).Ask(context.Background(), tcpTarget(at))
		runtime.ReadMemStats(&after)
		each := (after.TotalAlloc - before.TotalAlloc) / uint64(max(1, r.Connections))
		if each > 1<<20 {
			t.Errorf("%s: %d bytes a connection", name, each)
		}
		t.Logf("%s: %d connections, %d bytes each", name, r.Connections, each)
	}
}
