package protocol

import "testing"

func FuzzCvsPserver(f *testing.F) { fuzzProtocol(f, &cvsPserver) }
