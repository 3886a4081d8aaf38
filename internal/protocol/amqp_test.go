package protocol

import "testing"

func FuzzAMQP(f *testing.F) { fuzzProtocol(f, &amqp) }

// A server that says our own words back is none; one that says them to somebody
// else tells which version it has.
func TestAMQPOwnHeader(t *testing.T) {
	for question, want := range map[string]bool{"amqp-header": false, "": true} {
		s := Said{Question: question, Data: []byte("AMQP\x00\x00\x09\x01")}
		if _, got := answerAMQP(s); got != want {
			t.Errorf("the header as an answer to %q: %t, want %t", question, got, want)
		}
	}
}
