package protocol

import "testing"

func FuzzPrometheus(f *testing.F) { fuzzProtocol(f, &prometheus) }
