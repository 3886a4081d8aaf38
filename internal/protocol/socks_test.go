package protocol

import "testing"

func FuzzSOCKS5(f *testing.F) { fuzzProtocol(f, &socks5) }

func FuzzSOCKS4(f *testing.F) { fuzzProtocol(f, &socks4) }
