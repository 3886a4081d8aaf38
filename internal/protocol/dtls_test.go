package protocol

import "testing"

func FuzzDTLS(f *testing.F) { fuzzProtocol(f, &dtls) }
