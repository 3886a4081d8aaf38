package protocol

import "testing"

func FuzzDHCP(f *testing.F) { fuzzProtocol(f, &dhcp) }
