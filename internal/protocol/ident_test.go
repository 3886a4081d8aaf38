package protocol

import "testing"

func FuzzIdent(f *testing.F) { fuzzProtocol(f, &ident) }
