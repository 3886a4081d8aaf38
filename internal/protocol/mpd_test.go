package protocol

import "testing"

func FuzzMPD(f *testing.F) { fuzzProtocol(f, &mpd) }
