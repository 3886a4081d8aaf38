package protocol

import (
	"bytes"
	"testing"
)

func FuzzOracleTNS(f *testing.F) { fuzzProtocol(f, &oracleTNS) }

// A listener that asks again is told again, once.
func TestOracleTNSAgain(t *testing.T) {
	q := oracleTNS.Questions[0]
	asked := q.Bytes(Ask{})
	s := Said{Question: q.Name, Asked: asked, Data: []byte(tnsResend)}
	if got := q.Next(s, 1); !bytes.Equal(got, asked) {
		t.Errorf("asked again: % x", got)
	}
	if got := q.Next(s, 2); got != nil {
		t.Errorf("asked twice again: % x", got)
	}
	refuse := []byte("\x00\x1c\x00\x00\x04\x00\x00\x00\x22\x00\x00\x10(DESCRIPTION=())")
	s.Data = append(s.Data, refuse...)
	if m, ok := answerTNS(s); !ok || m.Strength != Certain || m.To != len(s.Data) {
		t.Errorf("a refusal behind it: %+v, %t", m, ok)
	}
}

func TestTNSNumber(t *testing.T) {
	for number, want := range map[uint32]string{318767104: "19.0.0.0.0", 186647552: "11.2.0.4.0", 169870592: "10.2.0.5.0", 0x15030000: "21.3.0.0.0"} {
		if got := tnsNumber(number); got != want {
			t.Errorf("%d is %s, want %s", number, got, want)
		}
	}
}
