package protocol

import "testing"

func FuzzSVN(f *testing.F) { fuzzProtocol(f, &svn) }
