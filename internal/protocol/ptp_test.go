package protocol

import "testing"

func FuzzPTP(f *testing.F) { fuzzProtocol(f, &ptp) }
