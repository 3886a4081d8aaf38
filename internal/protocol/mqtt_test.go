package protocol

import "testing"

func FuzzMQTT(f *testing.F) { fuzzProtocol(f, &mqtt) }

// Four bytes are an answer to our questions alone.
func TestMQTTUnasked(t *testing.T) {
	for question, want := range map[string]bool{"mqtt-connect-refused": true, "mqtt-connect-level": true, "": false, "redis-ping": false} {
		s := Said{Question: question, Data: []byte("\x20\x02\x00\x02")}
		if _, got := answerMQTT(s); got != want {
			t.Errorf("a CONNACK as an answer to %q: %t, want %t", question, got, want)
		}
	}
}
