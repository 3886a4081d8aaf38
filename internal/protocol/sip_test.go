package protocol

import (
	"strings"
	"testing"
)

func FuzzSIP(f *testing.F) { fuzzProtocol(f, &sip) }

// Only an answer that repeats our own Call-ID or CSeq is one to our question.
func TestSIPEcho(t *testing.T) {
	ask := Ask{Nonce: Nonce{1, 2, 3, 4, 5, 6, 7, 8}, Agent: "portolan", Host: "192.0.2.1", Port: 5060}
	_, fields, _ := strings.Cut(string(askSIP("TCP")(ask)), "\r\n")
	s := Said{Question: "sip-options", Nonce: ask.Nonce, Data: []byte("SIP/2.0 200 OK\r\n" + fields)}
	if m, ok := answerSIP(s); !ok || m.Kind != Handshake || m.Strength != Certain {
		t.Errorf("%+v", m)
	}
	s.Nonce[0]++
	if m, ok := answerSIP(s); !ok || m.Kind == Handshake {
		t.Errorf("another's answer: %+v", m)
	}
}
