package protocol

import "testing"

func FuzzIbmMQ(f *testing.F) { fuzzProtocol(f, &ibmMQ) }
