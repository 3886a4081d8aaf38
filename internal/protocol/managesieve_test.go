package protocol

import "testing"

func FuzzManageSieve(f *testing.F) { fuzzProtocol(f, &managesieve) }
