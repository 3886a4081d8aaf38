package visit

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
)

func TestPortSet(t *testing.T) {
	for _, c := range []struct {
		ports []uint16
		want  string
	}{
		{nil, "[]"}, {[]uint16{378}, "[378]"}, {[]uint16{0, 65535}, "[0,65535]"}, {[]uint16{7, 6, 5, 9, 5}, `["5-7",9]`}, {[]uint16{1023, 1024, 63, 64}, `["63-64","1023-1024"]`},
	} {
		var s PortSet
		for _, p := range c.ports {
			s.Add(p)
		}
		b, err := json.Marshal(s.Spans())
		if err != nil || string(b) != c.want {
			t.Errorf("%v: %s %v", c.ports, b, err)
		}
		var back Ports
		if err := json.Unmarshal(b, &back); err != nil || back.Len() != s.Len() {
			t.Errorf("%s is read as %v: %v", b, back, err)
		}
	}
}

// A list, and the pages that it turns into, hold what a map holds.
func TestPortSetAgainstAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var s PortSet
		m := map[uint16]bool{}
		for range r.IntN(200) {
			p := uint16(r.IntN(1 << (1 + r.IntN(16))))
			if s.Add(p) == m[p] {
				t.Fatal("new and known are mixed up")
			}
			m[p] = true
		}
		n := 0
		for _, span := range s.Spans() {
			for p := int(span.First); p <= int(span.Last); p++ {
				if n++; !m[uint16(p)] || !s.Has(uint16(p)) {
					t.Fatalf("%d", p)
				}
			}
		}
		if n != len(m) || s.Len() != n {
			t.Fatalf("%d of %d", n, len(m))
		}
		for range 100 {
			if p := uint16(r.Uint32()); s.Has(p) != m[p] {
				t.Fatalf("%d", p)
			}
		}
	}
}

func FuzzPorts(f *testing.F) {
	f.Add([]byte(`[1,"5-9"]`))
	f.Add([]byte(`[70000,"9-5",null,{}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Ports
		if p.UnmarshalJSON(b) != nil {
			return
		}
		out, err := p.MarshalJSON()
		var back Ports
		if err != nil || back.UnmarshalJSON(out) != nil || back.Len() != p.Len() {
			t.Errorf("%s is written as %s", b, out)
		}
	})
}
