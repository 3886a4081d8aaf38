package protocol

import "testing"

func FuzzXMPP(f *testing.F) { fuzzProtocol(f, &xmpp) }
