package protocol

import "testing"

func FuzzOpenVPN(f *testing.F) { fuzzProtocol(f, &openvpn) }
