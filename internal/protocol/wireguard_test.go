package protocol

import "testing"

func FuzzWireGuard(f *testing.F) { fuzzProtocol(f, &wireguard) }
