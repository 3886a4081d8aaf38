package protocol

import "testing"

func FuzzCoAP(f *testing.F) { fuzzProtocol(f, &coap) }
