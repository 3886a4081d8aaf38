package protocol

import "testing"

func FuzzMinecraft(f *testing.F) { fuzzProtocol(f, &minecraft) }
