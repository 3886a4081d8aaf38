package protocol

import "testing"

func FuzzX11(f *testing.F) { fuzzProtocol(f, &x11) }
