package protocol

import "testing"

func FuzzMDNS(f *testing.F) { fuzzProtocol(f, &mdns) }
