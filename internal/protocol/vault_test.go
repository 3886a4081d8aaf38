package protocol

import "testing"

func FuzzVault(f *testing.F) { fuzzProtocol(f, &vault) }
