package protocol

import "testing"

func FuzzVNC(f *testing.F) { fuzzProtocol(f, &vnc) }
