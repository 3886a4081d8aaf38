package protocol

import "testing"

func FuzzIPMI(f *testing.F) { fuzzProtocol(f, &ipmi) }
