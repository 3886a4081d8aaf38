package protocol

import "testing"

func FuzzPPTP(f *testing.F) { fuzzProtocol(f, &pptp) }
