package protocol

import "testing"

func FuzzEtherNetIP(f *testing.F) { fuzzProtocol(f, &ethernetIP) }
