package protocol

import "testing"

func FuzzHddtemp(f *testing.F) { fuzzProtocol(f, &hddtemp) }
