package protocol

import "testing"

func FuzzIperf3(f *testing.F) { fuzzProtocol(f, &iperf3) }
