package trap

import "testing"

func FuzzParseInfo(f *testing.F) {
	f.Add([]byte{28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 10, 9, 0, 1, 10, 9, 0, 1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if to, _ := parseInfo(b); to.IsValid() && len(b) < 12 {
			t.Errorf("%v from %d bytes", to, len(b))
		}
	})
}
