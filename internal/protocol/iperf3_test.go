package protocol

import "testing"

func FuzzIperf3(f *testing.F) { fuzzProtocol(f, &iperf3) }

// TestIperf3Short: a byte is an answer only to a question as long as a cookie.
func TestIperf3Short(t *testing.T) {
	for _, asked := range []string{"PING\r\n", "GET / HTTP/1.0\r\n\r\n"} {
		if _, ok := answerIperf3(Said{Question: "http-get", Asked: []byte(asked), Data: []byte{9}}); ok {
			t.Errorf("%q: one byte was taken for iperf3", asked)
		}
	}
	if _, ok := answerIperf3(Said{Question: "redis-ping", Data: []byte{9}}); ok {
		t.Error("one byte was taken for iperf3 that answered another question")
	}
}
