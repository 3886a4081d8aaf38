package protocol

import "testing"

func FuzzRsync(f *testing.F) { fuzzProtocol(f, &rsync) }
