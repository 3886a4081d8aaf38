package protocol

import "testing"

func FuzzCeph(f *testing.F) { fuzzProtocol(f, &ceph) }
