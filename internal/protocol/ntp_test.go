package protocol

import "testing"

func FuzzNTP(f *testing.F) { fuzzProtocol(f, &ntp) }
