package protocol

import "testing"

func FuzzPulsar(f *testing.F) { fuzzProtocol(f, &pulsar) }
