package registry

import "testing"

func FuzzStatusText(f *testing.F) {
	for s := range Status(5) {
		f.Add(s.String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s Status
		if err := s.UnmarshalText([]byte(text)); err == nil && s.String() != text {
			t.Errorf("%q is read as %s", text, s)
		}
	})
}
