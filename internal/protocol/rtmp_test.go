package protocol

import "testing"

func FuzzRTMP(f *testing.F) { fuzzProtocol(f, &rtmp) }
