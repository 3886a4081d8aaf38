package trap

import (
	"context"
	"net"
	"strings"
	"testing"
)

var testContext = context.Background()

// A stranger's connection to a port that nothing uses is answered, and what it
// says is heard, under the address that it meant.
func TestAnswers(t *testing.T) {
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	t.Logf("set up in %v", s.first.Setup)
	for _, to := range []string{net.JoinHostPort(hostV4, "378"), net.JoinHostPort(hostV6, "378")} {
		_, err := l.dial(l.far, "tcp", to, "hello "+to)
		if err == nil || !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s ended with %v, want a reset", to, err)
		}
		s.talks(to, "hello "+to)
		if k := s.hears("syn", to); !k.Answered || k.Interface != "h5k0" {
			t.Errorf("%+v", k)
		}
	}
	if c := s.heard().Counters; c.Seen != 2 || c.Emitted != 2 || c.Steered != 2 {
		t.Errorf("%+v", c)
	}
}
