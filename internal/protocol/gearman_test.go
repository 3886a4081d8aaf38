package protocol

import "testing"

func FuzzGearman(f *testing.F) { fuzzProtocol(f, &gearman) }
