package protocol

import "testing"

func FuzzXDMCP(f *testing.F) { fuzzProtocol(f, &xdmcp) }
