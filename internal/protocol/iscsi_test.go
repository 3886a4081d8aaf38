package protocol

import "testing"

func FuzzISCSI(f *testing.F) { fuzzProtocol(f, &iscsi) }
