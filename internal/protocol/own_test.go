package protocol

import (
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// repeating are databases, directories and brokers whose answers repeat a number
// of the question.
var repeating = []string{"cassandra", "cldap", "jdwp", "kafka", "ldap", "mongodb", "rocketmq"}

// TestHandshakesRepeatNumbers gives answers with another nonce: they must not be taken
// for answers to the question.
func TestHandshakesRepeatNumbers(t *testing.T) {
	checked := map[string]bool{}
	for _, c := range readTranscripts(t) {
		own, _, _ := strings.Cut(c.want, " ")
		if c.client || c.said.Question == "" || !slices.Contains(repeating, own) {
			continue
		}
		for i := range c.said.Nonce {
			c.said.Nonce[i] ^= 0x15
		}
		for _, m := range Recognise(c.said) {
			if m.Kind == Handshake {
				t.Errorf("%s: taken for %s (%s) without the nonce", c.place, m.Protocol, m.Strength)
			}
		}
		checked[own] = true
	}
	for _, name := range repeating {
		if !checked[name] {
			t.Errorf("%s: no answer to check", name)
		}
	}
}

// TestOwnQuestions: who listens knows our questions for what they are.
func TestOwnQuestions(t *testing.T) {
	// These words say too little of who asks; LLMNR over TCP is DNS to the last byte.
	short := []string{"beanstalk-stats", "gearman-version", "nut-version", "stomp-unknown", "llmnr-reverse"}
	for _, p := range Table {
		for _, q := range p.Questions {
			s := Said{Transport: q.Transport, Data: q.Bytes(Ask{Nonce: Nonce{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 1, 2, 3, 4, 5, 6, 7, 8}, Agent: "portolan/0.1 (+mailto:noc@example.net)", Host: "192.0.2.1", Port: 378})}
			if p.Opening == nil || slices.Contains(short, q.Name) {
				continue
			}
			if m, ok := p.Opening(s); !ok {
				t.Errorf("%s is not known as an opening: %q", q.Name, s.Data)
			} else if m.To <= 0 || m.To > len(s.Data) {
				t.Errorf("%s rests on %d of %d bytes", q.Name, m.To, len(s.Data))
			}
			if found := RecogniseOpening(s); len(found) != 1 {
				t.Errorf("%s is taken for %s", q.Name, show(found, ""))
			}
		}
	}
}

// TestCutShort cuts what they said at each of its first bytes: nobody else is
// seen in what is left.
func TestCutShort(t *testing.T) {
	for _, c := range readTranscripts(t) {
		own, _, _ := strings.Cut(c.want, " ")
		if own == "nothing" || c.said.Transport == portolan.UDP { // a datagram comes whole or not at all
			continue
		}
		whole := c.said.Data
		for n := 1; n < min(len(whole), 160); n++ {
			c.said.Data = whole[:n]
			for _, m := range recogniseSide(c) {
				// The first four letters of "stats" are a command of ZooKeeper's.
				if m.Protocol != own && !outranked(own, m.Protocol) && string(c.said.Data) != "stat" {
					t.Errorf("%s: %d bytes of what %s said are taken for %s", c.place, n, own, m.Protocol)
				}
			}
		}
	}
}
