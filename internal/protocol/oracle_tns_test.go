package protocol

import "testing"

func FuzzOracleTNS(f *testing.F) { fuzzProtocol(f, &oracleTNS) }
