package protocol

import "testing"

func FuzzSyncthing(f *testing.F) { fuzzProtocol(f, &syncthing) }
