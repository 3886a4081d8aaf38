package protocol

import "testing"

func FuzzBACnet(f *testing.F) { fuzzProtocol(f, &bacnet) }
