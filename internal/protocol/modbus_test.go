package protocol

import "testing"

func FuzzModbus(f *testing.F) { fuzzProtocol(f, &modbus) }
