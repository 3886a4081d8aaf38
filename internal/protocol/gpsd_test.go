package protocol

import "testing"

func FuzzGPSD(f *testing.F) { fuzzProtocol(f, &gpsd) }
