package protocol

import "testing"

func FuzzRTSP(f *testing.F) { fuzzProtocol(f, &rtsp) }

// Only an answer that repeats our own CSeq is one to our question.
func TestRTSPEcho(t *testing.T) {
	nonce := Nonce{9, 8, 7}
	s := Said{Question: "rtsp-options", Nonce: nonce, Data: []byte("RTSP/1.0 200 OK\r\nCSeq: " + textSequence(nonce) + "\r\n\r\n")}
	if m, ok := answerRTSP(s); !ok || m.Kind != Handshake {
		t.Errorf("%+v", m)
	}
	s.Nonce[0]++
	if m, ok := answerRTSP(s); !ok || m.Kind == Handshake {
		t.Errorf("another's answer: %+v", m)
	}
}
