package protocol

import "testing"

func FuzzTelnet(f *testing.F) { fuzzProtocol(f, &telnet) }
