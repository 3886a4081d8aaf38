package protocol

import "testing"

func FuzzFastCGI(f *testing.F) { fuzzProtocol(f, &fastcgi) }
