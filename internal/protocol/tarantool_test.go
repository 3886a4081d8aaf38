package protocol

import "testing"

func FuzzTarantool(f *testing.F) { fuzzProtocol(f, &tarantool) }
