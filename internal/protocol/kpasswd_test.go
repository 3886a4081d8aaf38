package protocol

import "testing"

func FuzzKpasswd(f *testing.F) { fuzzProtocol(f, &kpasswd) }
