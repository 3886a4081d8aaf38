package protocol

import "testing"

func FuzzKerberos(f *testing.F) { fuzzProtocol(f, &kerberos) }
