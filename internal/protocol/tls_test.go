package protocol

import "testing"

func FuzzTLS(f *testing.F) { fuzzProtocol(f, &tls) }
