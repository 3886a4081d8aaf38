package protocol

import "testing"

func FuzzHTTPProxy(f *testing.F) { fuzzProtocol(f, &httpProxy) }
