package protocol

import "testing"

func FuzzKibana(f *testing.F) { fuzzProtocol(f, &kibana) }
