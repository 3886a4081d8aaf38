package protocol

import "testing"

func FuzzIEC104(f *testing.F) { fuzzProtocol(f, &iec104) }
