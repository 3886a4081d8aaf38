// Package storetest has the tests that every store must pass.
package storetest

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/store"
)

// start is when the first visit of the tests began.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// visit is the n-th visit of a day with one a minute.
func visit(n int, change ...func(*store.Visit)) store.Visit {
	v := store.Visit{
		ID: fmt.Sprintf("v%06d", n), Revision: 1, First: start.Add(time.Duration(n) * time.Minute), Last: start.Add(time.Duration(n)*time.Minute + 30*time.Second),
		Source: netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), Kind: "knock", Origin: "outside", Severity: "info",
		Ports:    []store.Ports{{Transport: portolan.TCP, First: uint16(1000 + n), Last: uint16(1000 + n)}},
		Document: fmt.Appendf(nil, `{"id":"v%06d"}`, n),
	}
	for _, f := range change {
		f(&v)
	}
	return v
}

// Run tests a store. open gives an empty one, which is closed by the test; again
// opens the same one once more.
func Run(t *testing.T, open func(t *testing.T) (s store.Store, again func() store.Store)) {
	ctx := context.Background()
	fresh := func(t *testing.T, visits ...store.Visit) store.Store {
		t.Helper()
		s, _ := open(t)
		t.Cleanup(func() { s.Close() })
		if err := s.Put(ctx, visits); err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Run("what was put comes back", func(t *testing.T) {
		odd := visit(2, func(v *store.Visit) {
			v.Source, v.Kind = netip.MustParseAddr("2001:db8::7"), "scan"
			v.Ports = []store.Ports{{Transport: portolan.TCP, First: 1, Last: 65535}, {Transport: portolan.UDP, First: 0, Last: 0}}
			v.Document = []byte("{\"a\":\"\\u0000' -- \xff\"}")
		})
		s := fresh(t, visit(1), odd)
		if got := all(t, s, store.Filter{}); !reflect.DeepEqual(got, []store.Visit{odd, visit(1)}) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a newer revision replaces", func(t *testing.T) {
		s := fresh(t, visit(1), visit(2))
		newer := visit(1, func(v *store.Visit) {
			v.Revision, v.Last, v.Kind = 3, start.Add(time.Hour), "scan"
			v.Ports = append(v.Ports, store.Ports{Transport: portolan.UDP, First: 53, Last: 60})
		})
		older := visit(1, func(v *store.Visit) { v.Revision, v.Kind = 2, "local" })
		for _, v := range []store.Visit{newer, older, newer} {
			if err := s.Put(ctx, []store.Visit{v}); err != nil {
				t.Fatal(err)
			}
		}
		if got := all(t, s, store.Filter{}); !reflect.DeepEqual(got, []store.Visit{newer, visit(2)}) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("filters", func(t *testing.T) { filters(t, fresh) })
	t.Run("it is there when it is opened again", func(t *testing.T) {
		s, again := open(t)
		if err := s.Put(ctx, []store.Visit{visit(1)}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = again()
		defer s.Close()
		if got := all(t, s, store.Filter{}); !reflect.DeepEqual(got, []store.Visit{visit(1)}) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("prune", func(t *testing.T) { prune(t, fresh) })
	t.Run("many at a time", func(t *testing.T) {
		s := fresh(t)
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range 25 {
					if err := s.Put(ctx, []store.Visit{visit(g*25 + i)}); err != nil {
						t.Error(err)
					}
					if err := s.Visits(ctx, store.Filter{Most: 3}, func(store.Visit) error { return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := all(t, s, store.Filter{}); len(got) != 100 {
			t.Errorf("%d of 100", len(got))
		}
	})
	t.Run("a context that ended", func(t *testing.T) {
		s := fresh(t, visit(1))
		over, cancel := context.WithCancel(ctx)
		cancel()
		if err := s.Put(over, []store.Visit{visit(2)}); err == nil {
			t.Error("it was put")
		}
		if got := all(t, s, store.Filter{}); len(got) != 1 {
			t.Errorf("%d visits", len(got))
		}
	})
}

func all(t *testing.T, s store.Store, want store.Filter) (got []store.Visit) {
	t.Helper()
	if err := s.Visits(context.Background(), want, func(v store.Visit) error {
		got = append(got, v)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func filters(t *testing.T, fresh func(*testing.T, ...store.Visit) store.Store) {
	s := fresh(t, visit(1), visit(2), visit(3, func(v *store.Visit) {
		v.Source, v.Kind = netip.MustParseAddr("2001:db8::7"), "scan"
		v.Ports = []store.Ports{{Transport: portolan.TCP, First: 1, Last: 377}, {Transport: portolan.UDP, First: 378, Last: 65535}}
	}), visit(4))
	for _, c := range []struct {
		name string
		want store.Filter
		ids  string
	}{
		{"all", store.Filter{}, "[v000004 v000003 v000002 v000001]"},
		{"most", store.Filter{Most: 2}, "[v000004 v000003]"},
		{"since, the very moment", store.Filter{Since: visit(3).Last}, "[v000004 v000003]"},
		{"until, not the moment", store.Filter{Until: visit(3).Last}, "[v000002 v000001]"},
		{"source", store.Filter{Source: netip.MustParsePrefix("192.0.2.2/32")}, "[v000002]"},
		{"prefix", store.Filter{Source: netip.MustParsePrefix("192.0.2.0/30")}, "[v000002 v000001]"},
		{"prefix of IPv6", store.Filter{Source: netip.MustParsePrefix("2001:db8::/32")}, "[v000003]"},
		{"everything of IPv4", store.Filter{Source: netip.MustParsePrefix("0.0.0.0/0")}, "[v000004 v000002 v000001]"},
		{"kind", store.Filter{Kind: "scan"}, "[v000003]"},
		{"port", store.Filter{Port: &portolan.Key{Port: 1002}}, "[v000002]"},
		{"port in a range", store.Filter{Port: &portolan.Key{Port: 377}}, "[v000003]"},
		{"port of the other transport", store.Filter{Port: &portolan.Key{Port: 377, Transport: portolan.UDP}}, "[]"},
		{"the last port", store.Filter{Port: &portolan.Key{Port: 65535, Transport: portolan.UDP}}, "[v000003]"},
		{"two at once", store.Filter{Kind: "knock", Since: visit(2).Last, Most: 5}, "[v000004 v000002]"},
		{"what is not SQL", store.Filter{Kind: "' OR '1'='1"}, "[]"},
	} {
		ids := []string{}
		for _, v := range all(t, s, c.want) {
			ids = append(ids, v.ID)
		}
		if got := fmt.Sprint(ids); got != c.ids {
			t.Errorf("%s: got %s, want %s", c.name, got, c.ids)
		}
	}
}

func prune(t *testing.T, fresh func(*testing.T, ...store.Visit) store.Store) {
	ctx := context.Background()
	var visits []store.Visit
	for i := range 2500 {
		visits = append(visits, visit(i, func(v *store.Visit) { v.Document = make([]byte, 1000) }))
	}
	s := fresh(t, visits...)
	n, err := s.Prune(ctx, visits[1200].Last, 0)
	if got := all(t, s, store.Filter{}); err != nil || n != 1200 || len(got) != 1300 || got[1299].ID != visits[1200].ID {
		t.Fatalf("%d gone, %d left, %v", n, len(got), err)
	}
	before, err := s.Size(ctx)
	if err != nil || before < 1300*1000 {
		t.Fatalf("%d bytes, %v", before, err)
	}
	if n, err = s.Prune(ctx, time.Time{}, before/2); err != nil || n == 0 {
		t.Fatalf("%d gone, %v", n, err)
	}
	after, err := s.Size(ctx)
	if err != nil || after > before/2 {
		t.Errorf("%d bytes of %d, %v", after, before, err)
	}
	if got := all(t, s, store.Filter{Most: 1}); len(got) > 0 && got[0].ID != visits[2499].ID {
		t.Errorf("the newest is %s", got[0].ID)
	}
}
