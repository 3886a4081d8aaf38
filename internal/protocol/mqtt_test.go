package protocol

import "testing"

func FuzzMQTT(f *testing.F) { fuzzProtocol(f, &mqtt) }
