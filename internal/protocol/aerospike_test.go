package protocol

import "testing"

func FuzzAerospike(f *testing.F) { fuzzProtocol(f, &aerospike) }
