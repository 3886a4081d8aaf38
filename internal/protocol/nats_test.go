package protocol

import "testing"

func FuzzNATS(f *testing.F) { fuzzProtocol(f, &nats) }
