package protocol

import "testing"

func FuzzSNMP(f *testing.F) { fuzzProtocol(f, &snmp) }
